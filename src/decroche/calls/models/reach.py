"""Who may be put through to a practitioner, whom we may call, and under which number."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager


class Reach(models.TextChoices):
    """Say whether a practitioner takes calls now."""

    FREE = "free", _("Joignable")
    CONSULTING = "consulting", _("En consultation")
    ROUNDS = "rounds", _("En visite")
    URGENT = "urgent", _("Urgences seulement")
    COLLEAGUES = "colleagues", _("Confrères seulement")


class Reachability(models.Model):
    """Hold what a practitioner wants of calls, until when."""

    practitioner = models.OneToOneField("practices.Practitioner", models.CASCADE, related_name="reachability")
    state = models.CharField(max_length=10, choices=Reach, default=Reach.FREE)
    until = models.DateTimeField(null=True, blank=True, help_text="Null: until changed.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScopedManager(practice="practitioner__practice")

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.state}"


class CallerKind(models.TextChoices):
    """Say what a known caller is."""

    LABORATORY = "laboratory", _("Laboratoire")
    HOSPITAL = "hospital", _("Hôpital")
    COLLEAGUE = "colleague", _("Confrère")
    PHARMACY = "pharmacy", _("Pharmacie")
    OTHER = "other", _("Autre")


class KnownCaller(models.Model):
    """Hold a number that a practice knows (white list). A number is a hint, never an identity: it can be forged."""

    practice = models.ForeignKey("practices.Practice", models.CASCADE, related_name="known_callers")
    number = models.CharField(_("numéro"), max_length=20)
    label = models.CharField(_("nom"), max_length=80)
    kind = models.CharField(max_length=12, choices=CallerKind, default=CallerKind.OTHER)
    comes_first = models.BooleanField(_("passe devant"), default=False)
    is_put_through = models.BooleanField(_("peut joindre le praticien"), default=False)

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["practice", "number"], name="known_caller_once"),
        ]
        verbose_name = _("appelant connu")

    def __str__(self) -> str:
        return self.label


class OutgoingRules(models.Model):
    """Hold whom a secretariat may call, and for how much."""

    secretariat = models.OneToOneField("practices.Secretariat", models.CASCADE, related_name="outgoing_rules")
    number = models.CharField(
        _("numéro présenté"), max_length=20, blank=True, help_text="The secretariat's own."
    )
    prefixes = models.JSONField(default=list, blank=True, help_text="Allowed beyond domain.outgoing's own.")
    monthly_cap_cents = models.PositiveIntegerField(default=5000)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.secretariat_id}"


class NumberConsent(models.Model):
    """Hold that a practice lets us call under its number (art. L44 CPCE: the number shown must be ours to show)."""

    line = models.ForeignKey("practices.Line", models.CASCADE, related_name="consents")
    given_by_name = models.CharField(_("donné par"), max_length=120)
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="line__practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(withdrawn_at=None), name="one_consent_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.given_at:%Y-%m-%d}"
