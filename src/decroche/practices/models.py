"""Practices, who works there, where, under which numbers, and which secretariat may act for them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.accounts.permissions import Role
from decroche.foundation.tenancy import ScopedManager


class Secretariat(models.Model):
    """A firm (or one independent secretary) that answers for practices."""

    name = models.CharField(_("nom"), max_length=120)
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    country = models.CharField(_("pays"), max_length=2, default="FR")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="SecretariatMember", related_name="secretariats"
    )

    def __str__(self) -> str:
        return self.name


class SecretariatMember(models.Model):
    """What a person is in a secretariat."""

    ROLES = [(Role.SECRETARY.value, _("secrétaire")), (Role.SUPERVISOR.value, _("responsable"))]

    secretariat = models.ForeignKey(Secretariat, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="secretariat_memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=ROLES)

    class Meta:
        constraints = [
            models.UniqueConstraint("secretariat", "user", name="secretariat_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=[Role.SECRETARY, Role.SUPERVISOR]), name="secretariat_member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.secretariat_id}"


class Practice(models.Model):
    """A medical practice: the controller of its patients' data (RGPD art. 4)."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("cabinet individuel")
        GROUP = "group", _("cabinet de groupe")
        CENTRE = "centre", _("maison de santé")

    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("forme"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    speciality = models.CharField(_("spécialité"), max_length=80, blank=True)
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    department = models.CharField(_("département"), max_length=3)
    country_code = models.CharField(_("région téléphonique"), max_length=2, default="FR")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="PracticeMember", related_name="practices"
    )

    objects = ScopedManager(practice="pk")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class PracticeMember(models.Model):
    """What a person is in a practice."""

    ROLES = [(Role.PRACTITIONER.value, _("praticien")), (Role.STAFF.value, _("équipe sur place"))]

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=ROLES)

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints = [
            models.UniqueConstraint("practice", "user", name="practice_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=[Role.PRACTITIONER, Role.STAFF]), name="practice_member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.practice_id}"


class Site(models.Model):
    """A place (lieu) where a practice receives patients; its zone rules its agenda."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="sites")
    name = models.CharField(_("nom"), max_length=80)
    address_line = models.CharField(_("adresse"), max_length=160)
    postcode = models.CharField(_("code postal"), max_length=5)
    city = models.CharField(_("ville"), max_length=80)
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    is_main = models.BooleanField(_("lieu principal"), default=False)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering = ["-is_main", "name"]
        constraints = [
            models.UniqueConstraint("practice", condition=Q(is_main=True), name="practice_has_one_main_site")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class AccessCard(models.Model):
    """How to find the door (fiche d'accès): read aloud in one breath, or sent by SMS."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="access_card")
    landmark = models.CharField(_("repère"), max_length=200, blank=True)
    door_code = models.CharField(_("code de la porte"), max_length=40, blank=True)
    floor = models.CharField(_("étage"), max_length=80, blank=True)
    parking = models.CharField(_("stationnement"), max_length=200, blank=True)
    transport = models.CharField(_("transports"), max_length=200, blank=True)
    step_free = models.CharField(_("accès sans marche"), max_length=200, blank=True)
    notes = models.CharField(_("à savoir"), max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(practice="site__practice")

    def __str__(self) -> str:
        return f"fiche d’accès {self.site_id}"


class Practitioner(models.Model):
    """Someone whose agenda is kept; may or may not sign in."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="practitioners")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="practitioner_cards"
    )
    title = models.CharField(_("titre"), max_length=20, blank=True, help_text=_("Dr, Pr ou rien"))
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(pgettext_lazy("person", "nom"), max_length=80)
    speciality = models.CharField(_("spécialité"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    phone = models.CharField(_("ligne directe"), max_length=20, blank=True)
    is_active = models.BooleanField(_("en exercice"), default=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering = ["position", "last_name", "pk"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Return "Dr Roussel", or "Claire Morel" for someone without a title."""
        return f"{self.title} {self.last_name}" if self.title else f"{self.first_name} {self.last_name}"


class Line(models.Model):
    """A called number (ligne) and how it is answered."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="lines")
    site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="lines")
    number = models.CharField(_("numéro"), max_length=20, unique=True)
    label = models.CharField(_("libellé"), max_length=60, default="ligne principale")
    greeting = models.CharField(_("phrase d’accueil"), max_length=300)
    fallback_number = models.CharField(_("numéro de secours"), max_length=20, blank=True)
    is_active = models.BooleanField(_("en service"), default=True)

    objects = ScopedManager(practice="practice")

    def __str__(self) -> str:
        return self.number


class Mandate(models.Model):
    """A practice's written leave for a secretariat to act in its name, from a day to a day (RGPD art. 28).

    It counts only once signed, from ``starts_on`` to the day before ``ends_on``, in the practice's zone.
    """

    secretariat = models.ForeignKey(Secretariat, models.PROTECT, related_name="mandates")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="mandates")
    starts_on = models.DateField(_("à partir du"))
    ends_on = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signé le"), null=True, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes = [models.Index(fields=["secretariat", "practice"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="mandate_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.secretariat_id} → {self.practice_id}"

    def is_in_force(self, *, today: date) -> bool:
        """Tell whether the mandate binds on a day of the practice's calendar."""
        return (
            self.signed_at is not None
            and self.starts_on <= today
            and (self.ends_on is None or today < self.ends_on)
        )
