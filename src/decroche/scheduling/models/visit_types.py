"""Why someone comes (motif), who receives for it and on what terms, and what it needs."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models.ranges import _Days, _PractitionerRange

#: The longest time kept free before or after a visit (setting up, cleaning, travelling).
LONGEST_BUFFER_MINUTES = 120


class NewPatients(models.TextChoices):
    """Whom a visit type is for."""

    ANY = "any", _("tous les patients")
    ONLY_NEW = "only_new", _("nouveaux patients seulement")
    ONLY_KNOWN = "only_known", _("patients déjà connus seulement")


class Place(models.TextChoices):
    """Where a visit takes place."""

    SITE = "site", _("au cabinet")
    HOME = "home", _("à domicile")
    PHONE = "phone", _("par téléphone")
    VIDEO = "video", _("en vidéo")


class Resource(models.Model):
    """A room or a machine that only one visit can use at a time."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="resources")
    site = models.ForeignKey(Site, models.CASCADE, related_name="resources")
    name = models.CharField(_("nom"), max_length=60)
    is_active = models.BooleanField(_("en service"), default=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="resource_once")]

    def __str__(self) -> str:
        return self.name


class VisitType(models.Model):
    """Why someone comes (motif), as the practice words it; never shown outside the practice and its secretariat.

    The terms here are the practice's usual ones; a `VisitOffer` may set others for a practitioner, from a day to a day.
    """

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

    buffer_before_minutes = models.PositiveSmallIntegerField(_("temps libre avant (minutes)"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("temps libre après (minutes)"), default=0)
    secretary_may_book = models.BooleanField(_("le secrétariat peut le donner"), default=True)
    online_may_book = models.BooleanField(_("le patient peut le prendre en ligne"), default=False)
    new_patients = models.CharField(
        _("pour qui"), max_length=10, choices=NewPatients.choices, default=NewPatients.ANY
    )
    notice_minutes = models.PositiveIntegerField(
        _("délai minimal (minutes)"), default=0, help_text="Nothing is proposed sooner than so long from now."
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("au plus loin (jours)"), null=True, blank=True, help_text="Null: as far as the rules go."
    )
    max_per_day = models.PositiveSmallIntegerField(_("au plus par jour"), null=True, blank=True)
    max_per_half_day = models.PositiveSmallIntegerField(_("au plus par demi-journée"), null=True, blank=True)
    place = models.CharField(_("où"), max_length=5, choices=Place.choices, default=Place.SITE)
    resources = models.ManyToManyField(
        Resource,
        blank=True,
        related_name="visit_types",
        help_text="Any one of them will do; none is needed when empty.",
    )
    preparation = models.TextField(_("à dire au patient"), max_length=500, blank=True, default="")
    series_sessions = models.PositiveSmallIntegerField(_("nombre de séances"), null=True, blank=True)
    series_per_week = models.PositiveSmallIntegerField(_("séances par semaine"), null=True, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="visit_type_once"),
            models.CheckConstraint(condition=Q(colour__range=(1, 12)), name="visit_type_colour_known"),
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(5, 480)), name="visit_type_duration_sane"
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=LONGEST_BUFFER_MINUTES)
                & Q(buffer_after_minutes__lte=LONGEST_BUFFER_MINUTES),
                name="visit_type_buffers_sane",
            ),
            models.CheckConstraint(
                condition=Q(series_sessions__isnull=True, series_per_week__isnull=True)
                | Q(series_sessions__range=(2, 60), series_per_week__range=(1, 7)),
                name="visit_type_series_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitQuestion(models.Model):
    """Something to ask whoever books this visit; logistics, never symptoms."""

    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("question"), max_length=160)

    objects = ScopedManager(practice="visit_type__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class VisitOffer(models.Model):
    """A practitioner receives for a visit type, perhaps on terms of their own, from a day to a day.

    A practitioner without any offer receives for every visit type of the practice on its usual terms. Null or empty
    means "as the practice does".
    """

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="visit_offers")
    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="offers")
    valid_from = models.DateField(_("à partir du"), null=True, blank=True)
    valid_until = models.DateField(_("jusqu’au (inclus)"), null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(_("temps libre avant"), null=True, blank=True)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("temps libre après"), null=True, blank=True)
    secretary_may_book = models.BooleanField(_("le secrétariat peut le donner"), null=True, blank=True)
    online_may_book = models.BooleanField(_("le patient peut le prendre en ligne"), null=True, blank=True)
    new_patients = models.CharField(
        _("pour qui"), max_length=10, choices=NewPatients.choices, blank=True, default=""
    )
    notice_minutes = models.PositiveIntegerField(_("délai minimal (minutes)"), null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(_("au plus loin (jours)"), null=True, blank=True)
    max_per_day = models.PositiveSmallIntegerField(_("au plus par jour"), null=True, blank=True)
    max_per_half_day = models.PositiveSmallIntegerField(_("au plus par demi-journée"), null=True, blank=True)

    objects = ScopedManager(practice="visit_type__practice")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="visit_offer_once_a_day",
                expressions=[
                    (_PractitionerRange(F("practitioner_id"), F("practitioner_id"), Value("[]")), "="),
                    (_PractitionerRange(F("visit_type_id"), F("visit_type_id"), Value("[]")), "="),
                    (_Days(F("valid_from"), F("valid_until"), Value("[]")), "&&"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__isnull=True) | Q(duration_minutes__range=(5, 480)),
                name="visit_offer_duration_sane",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="visit_offer_valid_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} · {self.visit_type_id}"


class Pathway(models.Model):
    """Visits that follow one another (parcours): an ultrasound, then the consultation that reads it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="pathways")
    name = models.CharField(_("nom"), max_length=80)
    is_active = models.BooleanField(_("proposé"), default=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="pathway_once")]

    def __str__(self) -> str:
        return self.name


class PathwayStep(models.Model):
    """One visit of a pathway; it begins at the latest `wait_minutes` after the one before has ended."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Null: whoever receives for it.",
    )
    wait_minutes = models.PositiveSmallIntegerField(_("attente au plus (minutes)"), default=60)

    objects = ScopedManager(practice="pathway__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [models.UniqueConstraint(fields=["pathway", "position"], name="pathway_step_once")]

    def __str__(self) -> str:
        return f"{self.pathway_id} {self.position}"
