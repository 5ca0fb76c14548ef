"""A call and what happened to it."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.calls.domain.call import CallState, EndReason, Outcome
from decroche.foundation.tenancy import ScopedManager


class State(models.TextChoices):
    """Say a call's state on screen."""

    RINGING_IN = CallState.RINGING_IN.value, _("Arrive")
    DIALLING = CallState.DIALLING.value, _("Nous appelons")
    MENU = CallState.MENU.value, _("Écoute le menu")
    WAITING = CallState.WAITING.value, _("En attente")
    OFFERED = CallState.OFFERED.value, _("Sonne")
    TALKING = CallState.TALKING.value, _("En conversation")
    ON_HOLD = CallState.ON_HOLD.value, _("Patiente")
    PARKED = CallState.PARKED.value, _("Mis en attente pour un collègue")
    TRANSFERRING = CallState.TRANSFERRING.value, _("Transfert en cours")
    FALLBACK = CallState.FALLBACK.value, _("Numéro de secours")
    VOICEMAIL = CallState.VOICEMAIL.value, _("Messagerie")
    ENDED = CallState.ENDED.value, _("Terminé")


class End(models.TextChoices):
    """Say on screen why a call ended."""

    COMPLETED = EndReason.COMPLETED.value, _("Répondu")
    ABANDONED = EndReason.ABANDONED.value, _("Raccroché avant réponse")
    TRANSFERRED = EndReason.TRANSFERRED.value, _("Transféré")
    FALLBACK = EndReason.FALLBACK.value, _("Parti au numéro de secours")
    VOICEMAIL = EndReason.VOICEMAIL.value, _("Message vocal")
    INTERRUPTED = EndReason.INTERRUPTED.value, _("Coupé")
    UNKNOWN_NUMBER = EndReason.UNKNOWN_NUMBER.value, _("Numéro non attribué")
    INFORMED = EndReason.INFORMED.value, _("A entendu l’annonce")
    NO_REPLY = EndReason.NO_REPLY.value, _("N’a pas répondu")


class CallOutcome(models.TextChoices):
    """Say on screen what came of a conversation."""

    BOOKED = Outcome.BOOKED.value, _("Rendez-vous pris")
    MOVED = Outcome.MOVED.value, _("Rendez-vous déplacé")
    CANCELLED = Outcome.CANCELLED.value, _("Rendez-vous annulé")
    MESSAGE = Outcome.MESSAGE.value, _("Message transmis")
    INFORMATION = Outcome.INFORMATION.value, _("Renseignement donné")
    TRANSFERRED = Outcome.TRANSFERRED.value, _("Transféré")
    EMERGENCY = Outcome.EMERGENCY.value, _("Urgence")
    WRONG_NUMBER = Outcome.WRONG_NUMBER.value, _("Faux numéro")
    OTHER = Outcome.OTHER.value, _("Autre")


class Direction(models.TextChoices):
    """Say who called whom."""

    INBOUND = "in", _("Reçu")
    OUTBOUND = "out", _("Émis")


class Urgency(models.IntegerChoices):
    """Say on screen how a call is ranked."""

    ROUTINE = 0, _("Ordinaire")
    COLLEAGUE = 1, _("Confrère")
    EMERGENCY = 2, _("Urgence")


class Party(models.TextChoices):
    """Say on screen what the third person of a call does."""

    NONE = "", pgettext_lazy("nobody", "Personne")
    RINGING = "ringing", _("Sonne")
    CONSULTED = "consulted", _("Parle avec la secrétaire")
    WAITING = "waiting", _("Patiente")
    JOINED = "joined", _("À trois")


class Listening(models.TextChoices):
    """Say on screen how a supervisor takes part."""

    NONE = "", _("Personne n’écoute")
    LISTEN = "listen", _("Écoute")
    WHISPER = "whisper", _("Souffle")
    JOIN = "join", _("Participe")


class Call(models.Model):
    """Hold one call; its id is made by the switchboard before the database hears of it."""

    id = models.UUIDField(primary_key=True)
    line = models.ForeignKey("practices.Line", models.SET_NULL, null=True, blank=True, related_name="calls")
    practice = models.ForeignKey(
        "practices.Practice", models.PROTECT, null=True, blank=True, related_name="calls"
    )
    called_number = models.CharField(max_length=32)
    caller_number = models.CharField(
        max_length=20, blank=True, help_text="E.164; empty when hidden or absurd."
    )
    caller_name = models.CharField(max_length=80, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.INBOUND)
    state = models.CharField(max_length=12, choices=State, default=State.RINGING_IN)
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="calls"
    )
    patient_id = models.BigIntegerField(null=True, blank=True)
    channel_id = models.CharField(max_length=80, blank=True)
    leg_attempt = models.PositiveSmallIntegerField(default=0, help_text="Which attempt to ring her this is.")
    arrived_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, choices=End, blank=True)
    outcome = models.CharField(max_length=16, choices=CallOutcome, blank=True)
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    is_simulated = models.BooleanField(default=False)
    exchange = models.CharField(
        max_length=40, blank=True, help_text="Which Asterisk has it; empty: the only one."
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.ROUTINE)
    moment = models.CharField(
        max_length=8, blank=True, help_text="What the line was when it rang: open, lunch…"
    )
    menu_digit = models.CharField(max_length=1, blank=True)
    is_muted = models.BooleanField(default=False)
    parked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    party_number = models.CharField(max_length=20, blank=True, help_text="E.164, or empty for a colleague.")
    party_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    party_state = models.CharField(max_length=10, choices=Party, blank=True, default=Party.NONE)
    listener = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    listening = models.CharField(max_length=8, choices=Listening, blank=True, default=Listening.NONE)
    is_recorded = models.BooleanField(default=False)
    cost_cents = models.PositiveIntegerField(
        default=0, help_text="Of an outgoing call, by the tariff on file."
    )
    alert_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When a supervisor took note of a call to an unknown number."
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["practice", "-arrived_at"], name="call_log"),
            models.Index(fields=["secretary", "-arrived_at"], name="call_secretary"),
            models.Index(fields=["practice", "state"], condition=~Q(state="ended"), name="call_live"),
            models.Index(fields=["-arrived_at"], condition=Q(practice=None), name="call_unknown_line"),
            models.Index(fields=["practice", "secretary", "answered_at"], name="call_familiarity"),
            models.Index(fields=["practice", "caller_number", "-arrived_at"], name="call_caller"),
            models.Index(fields=["-arrived_at", "-id"], name="call_recent"),
            models.Index(
                fields=["patient_id", "-arrived_at"],
                condition=Q(patient_id__isnull=False),
                name="call_patient",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended"),
                name="call_ended_has_a_time",
            ),
        ]
        verbose_name = _("appel")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_over(self) -> bool:
        """Say whether nobody is on this call any more."""
        return self.state == State.ENDED

    @property
    def waited(self) -> timedelta:
        """Return how long the caller waited before somebody answered, or before it ended."""
        until = self.answered_at or self.ended_at or self.arrived_at
        return max(until - self.arrived_at, timedelta())

    @property
    def talked(self) -> timedelta:
        """Return how long people spoke."""
        if self.answered_at is None or self.ended_at is None:
            return timedelta()
        return max(self.ended_at - self.answered_at, timedelta())


class CallStep(models.Model):
    """Hold one thing that happened to a call; ``detail`` carries reasons and figures, never words."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    detail = models.JSONField(default=dict, blank=True)

    objects = ScopedManager(practice="call__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], condition=Q(kind="recording_refused"), name="step_refused"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["call", "number"], name="call_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.number} {self.kind}"


class CallNote(models.Model):
    """Hold what somebody wrote about a call; shown with it, never in a log."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="notes")
    text = models.CharField(_("note"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(practice="call__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]

    def __str__(self) -> str:
        return f"{self.call_id} {self.at:%Y-%m-%d %H:%M}"


class AbuseReport(models.Model):
    """Hold that a call was abusive: its secretary is offered a pause and spared that number for a while."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="abuse")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    protected_until = models.DateTimeField(help_text="Until when she is offered no call from that number.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="call__practice")

    def __str__(self) -> str:
        return f"{self.call_id} {self.at:%Y-%m-%d %H:%M}"
