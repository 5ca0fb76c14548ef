"""Visit types, opening rules, absences and appointments; the database itself refuses a double booking."""

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.domain.appointment import OCCUPYING
from decroche.scheduling.domain.appointment import Status as _Status

#: The longest thing an agenda can hold; searches look back so far for what began before their window.
LONGEST = timedelta(hours=12)
OCCUPYING_STATES = sorted(status.value for status in OCCUPYING)


class VisitType(models.Model):
    """Why someone comes (motif), as the practice words it; never shown outside the practice and its secretariat."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="visit_types")
    name = models.CharField(_("motif"), max_length=80)
    short_name = models.CharField(_("abrégé"), max_length=14)
    colour = models.PositiveSmallIntegerField(
        _("couleur"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    duration_minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)
    emergency = models.BooleanField(_("réservé aux urgences"), default=False)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="visit_type_once"),
            models.CheckConstraint(condition=Q(colour__range=(1, 12)), name="visit_type_colour_known"),
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(5, 480)), name="visit_type_duration_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitOffer(models.Model):
    """A practitioner receives for a visit type, perhaps in a time of their own.

    A practitioner without any offer receives for every visit type of the practice in its usual time.
    """

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="visit_offers")
    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="offers")
    duration_minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )

    objects = ScopedManager(practice="visit_type__practice")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "visit_type"], name="visit_offer_once"),
            models.CheckConstraint(
                condition=Q(duration_minutes__isnull=True) | Q(duration_minutes__range=(5, 480)),
                name="visit_offer_duration_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} · {self.visit_type_id}"


class OpeningRule(models.Model):
    """Open each week on a weekday from `starts` to `ends`, on the wall clock of the site (plage d'ouverture).

    `ends <= starts` crosses midnight. Without visit types it is open to all of them.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("lundi")
        TUESDAY = 1, _("mardi")
        WEDNESDAY = 2, _("mercredi")
        THURSDAY = 3, _("jeudi")
        FRIDAY = 4, _("vendredi")
        SATURDAY = 5, _("samedi")
        SUNDAY = 6, _("dimanche")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="opening_rules")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="opening_rules")
    site = models.ForeignKey(Site, models.PROTECT, related_name="opening_rules")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    starts = models.TimeField(_("de"))
    ends = models.TimeField(_("à"))
    valid_from = models.DateField(_("à partir du"))
    valid_until = models.DateField(_("jusqu’au (inclus)"), null=True, blank=True)
    visit_types = models.ManyToManyField(VisitType, blank=True, related_name="opening_rules")

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering = ["weekday", "starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_rule_weekday_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="opening_rule_valid_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Absence(models.Model):
    """A practitioner does not receive from a moment to another; appointments already booked stay, to be dealt with."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="absences")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("du"))
    ends_at = models.DateTimeField(_("au"))
    reason = models.CharField(_("motif de l’absence"), max_length=120, blank=True)
    instruction_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["practitioner", "ends_at"], name="absence_of_practitioner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.starts_at:%Y-%m-%d %H:%M}"


class _PractitionerRange(models.Func):
    """Make an equality that gist can index without any extension: a range of the one id."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class _Period(models.Func):
    """The half-open time of a row."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Appointment(models.Model):
    """A practitioner's time given to someone: held while a caller decides, then booked, then lived through.

    Times are UTC; the site's zone words them. `version` grows with each change, so that a screen which shows an
    older one is refused. A row is written only by `actions/`.
    """

    class State(models.TextChoices):
        HELD = _Status.HELD, _("pré-réservé")
        BOOKED = _Status.BOOKED, _("prévu")
        ARRIVED = _Status.ARRIVED, _("arrivé")
        IN_CONSULTATION = _Status.IN_CONSULTATION, _("en consultation")
        DONE = _Status.DONE, _("terminé")
        NO_SHOW = _Status.NO_SHOW, _("non venu")
        CANCELLED = _Status.CANCELLED, _("annulé")
        RELEASED = _Status.RELEASED, _("relâché")

    class Source(models.TextChoices):
        PHONE = "phone", _("téléphone")
        DESK = "desk", _("secrétariat")
        PRACTICE = "practice", _("cabinet")
        ONLINE = "online", _("en ligne")

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="appointments", db_index=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="appointments", db_index=False
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="appointments", db_index=False)
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="appointments", db_index=False)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=State.choices)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PHONE)
    call_id = models.UUIDField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=120, blank=True, default="")
    arrived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    idempotency_key = models.CharField(max_length=64, null=True, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True, help_text="Where it stood before its last move.")

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_slot_one_owner",
                expressions=[
                    (_PractitionerRange(F("practitioner_id"), F("practitioner_id"), Value("[]")), "="),
                    (_Period(F("starts_at"), F("ends_at")), "&&"),
                ],
                condition=Q(status__in=OCCUPYING_STATES),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="appointment_length_sane",
            ),
            models.CheckConstraint(
                condition=Q(status=_Status.HELD, hold_expires_at__isnull=False, held_by__isnull=False)
                | (~Q(status=_Status.HELD) & Q(hold_expires_at__isnull=True)),
                name="only_holds_expire",
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | Q(status__in=[_Status.HELD, _Status.RELEASED]),
                name="appointment_has_a_patient",
            ),
            models.UniqueConstraint(
                fields=["practice", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="appointment_asked_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["practitioner", "starts_at"],
                include=["ends_at", "visit_type", "hold_expires_at"],
                condition=Q(status__in=OCCUPYING_STATES),
                name="appointment_busy_time",
            ),
            models.Index(
                fields=["hold_expires_at"], condition=Q(status=_Status.HELD), name="appointment_hold_expiry"
            ),
            models.Index(fields=["call_id"], condition=Q(call_id__isnull=False), name="appointment_of_call"),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.starts_at:%Y-%m-%d %H:%M} {self.status}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    @property
    def local_start(self) -> datetime:
        """Give the start on the site's wall clock."""
        return self.starts_at.astimezone(self.zone)


class AppointmentChange(models.Model):
    """One thing that happened to an appointment: who, when, from where to where, why. Append-only by trigger."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("pris")
        MOVED = "moved", _("déplacé")
        CANCELLED = "cancelled", _("annulé")
        RESTORED = "restored", _("rétabli")
        STATUS = "status", _("suivi")

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(help_text="The appointment's version that this change made.")
    old_status = models.CharField(max_length=16, choices=Appointment.State.choices, blank=True, default="")
    new_status = models.CharField(max_length=16, choices=Appointment.State.choices)
    old_practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    old_site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    old_starts_at = models.DateTimeField(null=True, blank=True)
    old_ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True, default="")

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind}"
