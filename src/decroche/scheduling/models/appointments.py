"""Appointments and what happened to them; the database itself refuses a double booking."""

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.domain.appointment import OCCUPYING
from decroche.scheduling.domain.appointment import Status as _Status
from decroche.scheduling.models.ranges import _Lane, _Period, _PractitionerRange
from decroche.scheduling.models.visit_types import LONGEST_BUFFER_MINUTES, Resource, VisitType

#: The longest thing an agenda can hold; searches look back so far for what began before their window.
LONGEST = timedelta(hours=12)
OCCUPYING_STATES = sorted(status.value for status in OCCUPYING)


class Appointment(models.Model):
    """A practitioner's time given to someone: held while a caller decides, then booked, then lived through.

    Times are UTC; the site's zone words them. `version` grows with each change, so that a screen which shows an
    older one is refused. A row is written only by `actions/`.

    `lane` says how much of the practitioner a row takes. Null: all of it; that is everybody's case, and no two such rows
    can overlap. 0 to 59: a seat in a group session. 1000 and up: a forced appointment beside another's time (the
    practitioner's daily quota bounds them). `busy_from` and `busy_until` are the period with its buffers, kept by a
    trigger; the exclusion constraints judge those.
    """

    class State(models.TextChoices):
        HELD = _Status.HELD, _("pré-réservé")
        BOOKED = _Status.BOOKED, _("prévu")
        ARRIVED = _Status.ARRIVED, _("arrivé")
        IN_CONSULTATION = _Status.IN_CONSULTATION, _("en consultation")
        DONE = _Status.DONE, _("terminé")
        NO_SHOW = _Status.NO_SHOW, _("non venu")
        CANCELLED = _Status.CANCELLED, _("annulé")
        CALLED = _Status.CALLED, _("appelé")
        LEFT = _Status.LEFT, _("parti sans être reçu")
        RELEASED = _Status.RELEASED, _("relâché")

    class Source(models.TextChoices):
        PHONE = "phone", _("téléphone")
        DESK = "desk", _("secrétariat")
        PRACTICE = "practice", _("cabinet")
        ONLINE = "online", _("en ligne")
        IMPORT = "import", _("import")
        OFFLINE = "offline", _("saisi hors ligne")

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

    lane = models.PositiveSmallIntegerField(null=True, blank=True)
    is_forced = models.BooleanField(db_default=False)
    force_reason = models.CharField(max_length=120, blank=True, db_default="")
    buffer_before_minutes = models.PositiveSmallIntegerField(db_default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(db_default=0)
    busy_from = models.DateTimeField(editable=False)
    busy_until = models.DateTimeField(editable=False)
    resource = models.ForeignKey(
        Resource, models.PROTECT, null=True, blank=True, related_name="appointments", db_index=False
    )
    group = models.ForeignKey(
        "AppointmentGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="appointments",
        db_index=False,
    )
    #: Held for someone on the waiting list, who has until `hold_expires_at` to answer.
    waiting_entry = models.ForeignKey(
        "WaitingListEntry", models.SET_NULL, null=True, blank=True, related_name="holds", db_index=False
    )
    referred = models.BooleanField(db_default=False, help_text="Sent by a colleague.")
    accompanied_by = models.CharField(max_length=80, blank=True, db_default="")
    called_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_slot_one_owner",
                expressions=[
                    (_PractitionerRange(F("practitioner_id"), F("practitioner_id"), Value("[]")), "="),
                    (_Lane(F("lane")), "&&"),
                    (_Period(F("busy_from"), F("busy_until")), "&&"),
                ],
                condition=Q(status__in=OCCUPYING_STATES),
            ),
            ExclusionConstraint(
                name="one_resource_one_visit",
                expressions=[
                    (_PractitionerRange(F("resource_id"), F("resource_id"), Value("[]")), "="),
                    (_Lane(F("lane")), "&&"),
                    (_Period(F("busy_from"), F("busy_until")), "&&"),
                ],
                condition=Q(status__in=OCCUPYING_STATES, resource__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=LONGEST_BUFFER_MINUTES)
                & Q(buffer_after_minutes__lte=LONGEST_BUFFER_MINUTES),
                name="appointment_buffers_sane",
            ),
            models.CheckConstraint(
                condition=Q(is_forced=False) | ~Q(force_reason=""), name="forced_appointment_says_why"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="appointment_length_sane",
            ),
            models.CheckConstraint(
                condition=Q(status=_Status.HELD, hold_expires_at__isnull=False)
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
                include=["ends_at", "visit_type", "hold_expires_at", "busy_from", "busy_until", "lane"],
                condition=Q(status__in=OCCUPYING_STATES),
                name="appointment_busy_time",
            ),
            models.Index(
                fields=["hold_expires_at"], condition=Q(status=_Status.HELD), name="appointment_hold_expiry"
            ),
            models.Index(
                fields=["resource", "starts_at"],
                include=["busy_from", "busy_until"],
                condition=Q(resource__isnull=False, status__in=OCCUPYING_STATES),
                name="appointment_resource_time",
            ),
            models.Index(fields=["call_id"], condition=Q(call_id__isnull=False), name="appointment_of_call"),
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="appointment_of_group"),
            models.Index(
                fields=["waiting_entry"],
                condition=Q(waiting_entry__isnull=False),
                name="appointment_of_entry",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="busy_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("starts_at", "ends_at", "buffer_before_minutes", "buffer_after_minutes"),
                func="""
                    NEW.busy_from := NEW.starts_at - make_interval(mins => NEW.buffer_before_minutes);
                    NEW.busy_until := NEW.ends_at + make_interval(mins => NEW.buffer_after_minutes);
                    RETURN NEW;
                """,
            ),
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


class AppointmentGroup(models.Model):
    """Appointments that belong together: the sessions of a series, brothers and sisters, the steps of a pathway."""

    class Kind(models.TextChoices):
        SERIES = "series", _("série")
        SIBLINGS = "siblings", _("fratrie")
        PATHWAY = "pathway", _("parcours")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ScopedManager(practice="practice")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HomeVisit(models.Model):
    """Where a visit at home takes place; only the practice and its secretariat see it."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="home_visit")
    address_line = models.CharField(_("adresse"), max_length=160)
    postcode = models.CharField(_("code postal"), max_length=5)
    city = models.CharField(_("ville"), max_length=80)
    access = models.CharField(_("pour entrer"), max_length=160, blank=True, default="")

    objects = ScopedManager(practice="appointment__practice")

    def __str__(self) -> str:
        return str(self.appointment_id)


class AppointmentAnswer(models.Model):
    """What was answered to a question of the visit type; logistics, never symptoms."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=160)
    answer = models.CharField(max_length=160)

    objects = ScopedManager(practice="appointment__practice")

    def __str__(self) -> str:
        return str(self.appointment_id)


class AppointmentChange(models.Model):
    """One thing that happened to an appointment: who, when, from where to where, why. Append-only by trigger."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("pris")
        MOVED = "moved", _("déplacé")
        CANCELLED = "cancelled", _("annulé")
        RESTORED = "restored", _("rétabli")
        FORCED = "forced", _("forcé")
        STATUS = "status", pgettext_lazy("appointment", "suivi")

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
