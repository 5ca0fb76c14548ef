"""When a practitioner receives: opening rules, absences, public holidays, wishes; all from a day to a day."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models.visit_types import VisitType


class AgendaVersion(models.Model):
    """Count the changes that may open time or alter the rules of a practitioner's agenda; grown by triggers alone.

    A booking does not count: it only takes time away. What was learned under one `version` ("nothing is free before
    Thursday") holds as long as it stands. `rules` counts those of the rules alone: the compiled rules hold under it, so
    that a cancellation, which opens time, leaves them as they are.
    """

    practitioner = models.OneToOneField(
        Practitioner, models.CASCADE, primary_key=True, related_name="agenda_version"
    )
    version = models.BigIntegerField(default=0)
    rules = models.BigIntegerField(default=0, db_default=0)

    objects = ScopedManager(practice="practitioner__practice")

    def __str__(self) -> str:
        return f"{self.practitioner_id} v{self.version}"


class AgendaSettings(models.Model):
    """What a practitioner decides once for the whole agenda."""

    practitioner = models.OneToOneField(Practitioner, models.CASCADE, related_name="agenda_settings")
    forced_per_day = models.PositiveSmallIntegerField(_("rendez-vous forcés par jour, au plus"), default=3)
    no_show_threshold = models.PositiveSmallIntegerField(
        _("signaler après tant d’absences du patient"), null=True, blank=True
    )
    default_site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ScopedManager(practice="practitioner__practice")

    def __str__(self) -> str:
        return str(self.practitioner_id)


class OpeningRule(models.Model):
    """Open from `starts` to `ends` on the wall clock of the site, on the days that the pattern names (plage d'ouverture).

    `ends <= starts` crosses midnight. Without visit types it is open to all of them. An extra opening is a rule valid on
    one day; with `overrides` it stands for that day's hours instead of adding to them (changed hours).
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("lundi")
        TUESDAY = 1, _("mardi")
        WEDNESDAY = 2, _("mercredi")
        THURSDAY = 3, _("jeudi")
        FRIDAY = 4, _("vendredi")
        SATURDAY = 5, _("samedi")
        SUNDAY = 6, _("dimanche")

    class Every(models.TextChoices):
        WEEK = "week", _("chaque semaine")
        ODD_WEEKS = "odd", _("semaines impaires")
        EVEN_WEEKS = "even", _("semaines paires")
        N_WEEKS = "n_weeks", _("toutes les n semaines")
        NTH_OF_MONTH = "nth", _("un jour du mois")

    class Release(models.TextChoices):
        NONE = "", _("dès maintenant")
        AT_TIME = "time", _("à une heure fixe")
        HOURS_BEFORE = "hours", _("quelques heures avant")

    class ReservedFor(models.TextChoices):
        NOBODY = "", _("tout le monde")
        NEW_PATIENTS = "new", _("nouveaux patients")
        EMERGENCIES = "emergency", _("urgences")
        VIDEO = "video", _("téléconsultations")
        REFERRALS = "referral", _("patients adressés par un confrère")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="opening_rules")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="opening_rules")
    site = models.ForeignKey(Site, models.PROTECT, related_name="opening_rules")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    starts = models.TimeField(_("de"))
    ends = models.TimeField(_("à"))
    valid_from = models.DateField(_("à partir du"))
    valid_until = models.DateField(_("jusqu’au (inclus)"), null=True, blank=True)
    visit_types = models.ManyToManyField(VisitType, blank=True, related_name="opening_rules")

    every = models.CharField(_("quand"), max_length=8, choices=Every.choices, default=Every.WEEK)
    every_n = models.PositiveSmallIntegerField(
        _("toutes les … semaines"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    anchor = models.DateField(
        _("à compter de la semaine du"),
        null=True,
        blank=True,
        help_text="Any day of a week that counts, for `n_weeks`.",
    )
    nth = models.SmallIntegerField(
        _("rang dans le mois"), null=True, blank=True, help_text="1 to 5, or -1 for the last, for `nth`."
    )
    capacity = models.PositiveSmallIntegerField(
        _("personnes à la fois"), default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    release = models.CharField(
        _("ouvert à la réservation"), max_length=5, choices=Release.choices, blank=True, default=""
    )
    release_days = models.PositiveSmallIntegerField(_("jours avant"), default=0, help_text="0: the same day.")
    release_time = models.TimeField(_("à"), null=True, blank=True)
    release_hours = models.PositiveSmallIntegerField(_("heures avant"), null=True, blank=True)
    reserved_for = models.CharField(
        _("réservé aux"), max_length=9, choices=ReservedFor.choices, blank=True, default=""
    )
    overrides = models.BooleanField(_("remplace les horaires habituels"), default=False)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts", "pk"]
        indexes = [models.Index(fields=["practitioner", "valid_until"], name="opening_rule_in_force")]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="opening_rule_weekday_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="opening_rule_valid_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(every="n_weeks") | Q(anchor__isnull=False, every_n__gte=1),
                name="opening_rule_n_weeks_counts_from_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(every="nth") | Q(nth__isnull=False, nth__in=[-1, 1, 2, 3, 4, 5]),
                name="opening_rule_nth_known",
            ),
            models.CheckConstraint(
                condition=Q(release="")
                | Q(release="time", release_time__isnull=False)
                | Q(release="hours", release_hours__isnull=False),
                name="opening_rule_release_is_whole",
            ),
            models.CheckConstraint(condition=Q(capacity__range=(1, 60)), name="opening_rule_capacity_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Absence(models.Model):
    """A practitioner does not receive from a moment to another; appointments already booked stay, to be dealt with.

    With a `locum`, what the absent practitioner's rules open in that time is open in the locum's agenda instead.
    """

    class Kind(models.TextChoices):
        ABSENCE = "absence", _("absence")
        CLOSURE = "closure", _("fermeture")
        HOLIDAY = "holiday", _("jour férié")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="absences")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="absences")
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices, default=Kind.ABSENCE)
    starts_at = models.DateTimeField(_("du"))
    ends_at = models.DateTimeField(_("au"))
    reason = models.CharField(_("motif de l’absence"), max_length=120, blank=True)
    locum = models.ForeignKey(
        Practitioner,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in",
        verbose_name=_("remplaçant"),
    )
    instruction_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["practitioner", "ends_at"], name="absence_of_practitioner"),
            models.Index(
                fields=["locum", "ends_at"], condition=Q(locum__isnull=False), name="absence_with_locum"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(locum__isnull=True) | ~Q(locum=F("practitioner")), name="absence_locum_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.starts_at:%Y-%m-%d %H:%M}"


class HolidayDecision(models.Model):
    """What a practitioner answered when a public holiday was proposed: worked, or closed by `absence`."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="holiday_decisions")
    day = models.DateField()
    is_worked = models.BooleanField()
    absence = models.ForeignKey(Absence, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField()

    objects = ScopedManager(practice="practitioner__practice")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practitioner", "day"], name="holiday_decided_once")]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.day}"


class Wish(models.Model):
    """How a practitioner would like the days filled (souhait), from a day to a day or just today; at once effective."""

    class Kind(models.TextChoices):
        END_AT = "end_at", _("finir la journée à")
        FILL_GAPS = "fill_gaps", _("combler les trous d’abord")
        MORNINGS_FIRST = "mornings_first", _("les matins d’abord")
        MAX_IN_A_ROW = "max_in_a_row", _("une pause après tant de rendez-vous d’affilée")
        GROUP_HOME_VISITS = "group_home", _("regrouper les visites à domicile par quartier")
        EMERGENCY_SLOTS = "emergency", _("garder des créneaux d’urgence par demi-journée")
        NO_NEW_PATIENTS = "no_new", _("pas de nouveaux patients")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="wishes")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="wishes")
    kind = models.CharField(_("souhait"), max_length=14, choices=Kind.choices)
    at = models.TimeField(_("à"), null=True, blank=True, help_text="For `end_at`, on the site's wall clock.")
    count = models.PositiveSmallIntegerField(
        _("nombre"),
        null=True,
        blank=True,
        help_text="For `max_in_a_row` (visits) and `emergency` (slots kept).",
    )
    pause_minutes = models.PositiveSmallIntegerField(
        _("pause (minutes)"), default=10, help_text="For `max_in_a_row`: a shorter gap is no pause."
    )
    valid_from = models.DateField(_("à partir du"))
    valid_until = models.DateField(_("jusqu’au (inclus)"), null=True, blank=True)
    instruction_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["valid_from", "pk"]
        indexes = [
            models.Index(
                fields=["practitioner", "valid_until"],
                condition=Q(ended_at__isnull=True),
                name="wish_in_force",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="wish_valid_dates_in_order",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="end_at") | Q(at__isnull=False))
                & (~Q(kind__in=["max_in_a_row", "emergency"]) | Q(count__gte=1)),
                name="wish_says_how_much",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.kind}"
