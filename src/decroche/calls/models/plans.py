"""How each line answers: hours, greeting, menu, teams, and what comes when nobody can.

``domain.callflow`` reads these rows as plain values; without any row a line answers at every hour, with its greeting,
by every secretary who has a mandate.
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.calls.models.calls import Urgency
from decroche.foundation.tenancy import ScopedManager


class LineKind(models.TextChoices):
    """Say whom a line is for."""

    MAIN = "main", _("Ligne principale")
    COLLEAGUES = "colleagues", _("Ligne des confrères")
    EMERGENCY = "emergency", _("Ligne d’urgence")


class Forwarding(models.TextChoices):
    """Say when the practice's operator forwards its calls to us."""

    ALL = "all", _("Tous les appels")
    NO_ANSWER = "no_answer", _("Quand le cabinet ne répond pas")
    OUT_OF_HOURS = "out_of_hours", _("En dehors des heures du cabinet")


class Operator(models.TextChoices):
    """Name the operators whose forwarding codes we know."""

    ORANGE = "orange", "Orange"
    SFR = "sfr", "SFR"
    BOUYGUES = "bouygues", "Bouygues Telecom"
    FREE = "free", "Free"
    OVH = "ovh", "OVHcloud"
    OTHER = "other", _("Autre opérateur")


class GreetingKind(models.TextChoices):
    """Say where a line's greeting comes from."""

    SPOKEN = "spoken", _("Lu par la voix de synthèse")
    RECORDED = "recorded", _("Enregistré ici")
    UPLOADED = "uploaded", _("Fichier déposé")


class Waiting(models.TextChoices):
    """Say what somebody who waits hears."""

    MUSIC = "music", _("Musique")
    QUIET = "quiet", _("Message calme, sans musique")


class Moment(models.TextChoices):
    """Name what a line is at some time."""

    OPEN = "open", _("Ouvert")
    LUNCH = "lunch", _("Pause de midi")
    CLOSED = "closed", _("Fermé")
    HOLIDAY = "holiday", _("Jour férié ou congés")
    LEAVE = "leave", _("Praticien absent")


class Action(models.TextChoices):
    """Name what becomes of a caller."""

    TEAM = "team", _("Passer aux secrétaires")
    MESSAGE = "message", _("Dire un message et raccrocher")
    VOICEMAIL = "voicemail", _("Prendre un message vocal")
    FALLBACK = "fallback", _("Appeler le numéro de secours")
    NUMBER = "number", _("Appeler un autre numéro")


class Team(models.Model):
    """Name some of a secretariat's people, to whom lines are given."""

    secretariat = models.ForeignKey("practices.Secretariat", models.CASCADE, related_name="teams")
    name = models.CharField(_("nom"), max_length=60)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["secretariat", "name"], name="team_name_once"),
        ]
        verbose_name = _("équipe")

    def __str__(self) -> str:
        return self.name


class CallPlan(models.Model):
    """Hold how one line answers."""

    line = models.OneToOneField("practices.Line", models.CASCADE, related_name="plan")
    kind = models.CharField(_("usage"), max_length=10, choices=LineKind, default=LineKind.MAIN)
    exchange = models.CharField(max_length=40, blank=True, help_text="Which Asterisk; empty: the only one.")
    forwarding = models.CharField(_("renvoi"), max_length=12, choices=Forwarding, default=Forwarding.ALL)
    operator = models.CharField(_("opérateur"), max_length=10, choices=Operator, default=Operator.OTHER)
    forwarding_checked_at = models.DateTimeField(null=True, blank=True)
    forwarding_check_until = models.DateTimeField(
        null=True, blank=True, help_text="A call that arrives before then proves the forwarding."
    )
    greeting_kind = models.CharField(
        _("accueil"), max_length=10, choices=GreetingKind, default=GreetingKind.SPOKEN
    )
    greeting_sound = models.CharField(max_length=200, blank=True, help_text="Relative to the sounds folder.")
    waiting = models.CharField(_("attente"), max_length=8, choices=Waiting, default=Waiting.MUSIC)
    waiting_text = models.CharField(_("message d’attente"), max_length=300, blank=True)
    waiting_sound = models.CharField(max_length=200, blank=True, help_text="Instead of the text.")
    tells_position = models.BooleanField(_("dire le rang et l’attente"), default=True)
    menu_text = models.CharField(_("texte du menu"), max_length=500, blank=True)
    menu_sound = models.CharField(max_length=200, blank=True, help_text="Instead of the text.")
    follows_practitioners_leave = models.BooleanField(default=False)
    replacement = models.ForeignKey(
        "practices.Secretariat", models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="The secretariat that takes over, under its own mandate.",
    )  # fmt: skip
    replacement_after_seconds = models.PositiveIntegerField(default=90)
    wait_at_most_seconds = models.PositiveIntegerField(
        default=180, validators=[MinValueValidator(20), MaxValueValidator(1800)]
    )
    has_voicemail = models.BooleanField(_("messagerie"), default=True)
    skills_required = models.JSONField(default=list, blank=True)
    skills_preferred = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager(practice="line__practice")

    def __str__(self) -> str:
        return f"{self.line_id}"


class LineHours(models.Model):
    """Hold one half-open period of the week at which a line is open, in the practice's zone."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])  # 0: Monday
    starts = models.TimeField()
    ends = models.TimeField(help_text="00:00 means the end of the day.")

    objects = ScopedManager(practice="plan__line__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["weekday", "starts"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends="00:00"), name="line_hours_forward"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="line_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class LineClosure(models.Model):
    """Hold a half-open period at which a line is not as its hours say."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="closures")
    moment = models.CharField(max_length=8, choices=Moment, default=Moment.HOLIDAY)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    label = models.CharField(pgettext_lazy("closure", "motif"), max_length=80, blank=True)

    objects = ScopedManager(practice="plan__line__practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="line_closure_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.starts_at:%Y-%m-%d}"


class Treatment(models.Model):
    """Hold what a line does at one moment; none: the team when open, the voicemail otherwise."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="treatments")
    moment = models.CharField(max_length=8, choices=Moment)
    action = models.CharField(max_length=10, choices=Action, default=Action.TEAM)
    text = models.CharField(_("message"), max_length=500, blank=True)
    sound = models.CharField(max_length=200, blank=True, help_text="Relative to the sounds folder.")
    number = models.CharField(_("numéro"), max_length=20, blank=True)

    objects = ScopedManager(practice="plan__line__practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "moment"], name="treatment_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.action}"


class MenuChoice(models.Model):
    """Hold what one key of the menu does."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="choices")
    digit = models.CharField(_("touche"), max_length=1)
    label = models.CharField(_("pour"), max_length=80)
    action = models.CharField(max_length=10, choices=Action, default=Action.TEAM)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.ROUTINE)
    text = models.CharField(_("message"), max_length=500, blank=True)
    number = models.CharField(_("numéro"), max_length=20, blank=True)

    objects = ScopedManager(practice="plan__line__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["digit"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "digit"], name="menu_digit_once"),
            models.CheckConstraint(condition=Q(digit__regex=r"^[0-9*#]$"), name="menu_digit_known"),
        ]

    def __str__(self) -> str:
        return f"{self.digit} {self.action}"


class TeamStep(models.Model):
    """Hold that a team joins those who are rung for a line, after a wait."""

    plan = models.ForeignKey(CallPlan, models.CASCADE, related_name="team_steps")
    team = models.ForeignKey(Team, models.CASCADE, related_name="steps")
    after_seconds = models.PositiveIntegerField(default=0)

    objects = ScopedManager(practice="plan__line__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["after_seconds", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "team"], name="team_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.team_id}"


class DistributionPolicy(models.Model):
    """Hold how a secretariat shares its calls out."""

    secretariat = models.OneToOneField("practices.Secretariat", models.CASCADE, related_name="policy")
    offer_seconds = models.PositiveSmallIntegerField(default=15)
    extra_wait_seconds = models.PositiveSmallIntegerField(
        default=20, help_text="How long a caller may wait for somebody who knows."
    )
    ageing_seconds = models.PositiveSmallIntegerField(default=120)
    calls_an_hour_at_most = models.PositiveSmallIntegerField(default=0, help_text="0: no ceiling.")
    pause_after_minutes = models.PositiveSmallIntegerField(default=120, help_text="0: never proposed.")
    wrap_up_seconds = models.PositiveSmallIntegerField(default=45)
    wrap_up_at_most_seconds = models.PositiveSmallIntegerField(default=600)
    protect_minutes = models.PositiveSmallIntegerField(default=60)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.secretariat_id}"
