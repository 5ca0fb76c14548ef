"""What is written down of calls, of the secretaries' posts, and of what people order from the switchboard.

The switchboard process holds the truth about what lives now; these tables follow it within milliseconds
and are what screens read. Only ``actions.write_journal`` writes the live columns.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decroche.calls.domain.call import CallState, EndReason, Outcome
from decroche.calls.domain.post import PauseReason, PostState
from decroche.foundation.tenancy import ScopedManager


class State(models.TextChoices):
    """Say a call's state on screen."""

    RINGING_IN = CallState.RINGING_IN.value, _("Arrive")
    WAITING = CallState.WAITING.value, _("En attente")
    OFFERED = CallState.OFFERED.value, _("Sonne")
    TALKING = CallState.TALKING.value, _("En conversation")
    ON_HOLD = CallState.ON_HOLD.value, _("Patiente")
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
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["call", "number"], name="call_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.number} {self.kind}"


class PostStateChoice(models.TextChoices):
    """Say a post's state on screen."""

    AVAILABLE = PostState.AVAILABLE.value, _("Disponible")
    RINGING = PostState.RINGING.value, _("Ça sonne")
    ON_CALL = PostState.ON_CALL.value, _("En appel")
    WRAP_UP = PostState.WRAP_UP.value, _("Après-appel")
    PAUSED = PostState.PAUSED.value, _("En pause")
    AWAY = PostState.AWAY.value, _("Hors poste")


class Pause(models.TextChoices):
    """Say on screen why a post is paused."""

    BREAK = PauseReason.BREAK.value, _("Pause")
    LUNCH = PauseReason.LUNCH.value, _("Repas")
    PAPERWORK = PauseReason.PAPERWORK.value, _("Administratif")
    MEETING = PauseReason.MEETING.value, _("Réunion")
    NO_ANSWER = PauseReason.NO_ANSWER.value, _("Appel non pris")


class Post(models.Model):
    """Hold what a secretary does now, and whether her phone can ring."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="post")
    secretariat = models.ForeignKey("practices.Secretariat", models.CASCADE, related_name="posts")
    state = models.CharField(max_length=10, choices=PostStateChoice, default=PostStateChoice.AWAY)
    reason = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    registered = models.BooleanField(default=False)
    endpoint = models.CharField(max_length=40, blank=True)
    call_id = models.UUIDField(
        null=True, blank=True, help_text="The call that rings, is in hand, or is being wrapped up."
    )
    wrap_up_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["secretariat", "state"], name="post_team")
        ]
        verbose_name = _("poste")

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


class PhoneCredential(models.Model):
    """Hold what lets one browser's softphone in, for a few hours.

    The password is derived from ``nonce`` with the installation's key, so reading this table opens no phone.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phone_credentials")
    nonce = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="one_phone_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.expires_at:%Y-%m-%d %H:%M}"


class SwitchboardOrder(models.Model):
    """Carry one order from a screen to the switchboard, and how it ended."""

    kind = models.CharField(max_length=20)
    call_id = models.UUIDField(null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict, blank=True)
    requested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=Q(done_at=None), name="order_pending"),
            models.Index(fields=["user", "-requested_at"], name="order_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class SwitchboardPulse(models.Model):
    """Hold the last sign of life of the switchboard; one row, number 1."""

    beat_at = models.DateTimeField()
    started_at = models.DateTimeField()
    exchange_up = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.beat_at:%H:%M:%S}"

    def is_alive(self, *, now: datetime) -> bool:
        """Say whether the switchboard gave a sign of life lately."""
        return now - self.beat_at < timedelta(seconds=8)
