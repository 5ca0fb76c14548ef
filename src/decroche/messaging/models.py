"""Keep what is told to the practitioners and what remains to be done for the callers."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager


class Category(models.TextChoices):
    """Name what a message asks for."""

    CALLBACK = "callback", _("Rappeler")
    PRESCRIPTION = "prescription", _("Ordonnance à renouveler")
    RESULT = "result", _("Résultats")
    DOCUMENT = "document", _("Certificat ou courrier")
    APPOINTMENT = "appointment", _("Rendez-vous")
    COLLEAGUE = "colleague", _("Confrère ou laboratoire")
    OTHER = "other", _("Autre")


class Message(models.Model):
    """Hold one message of the desk for a practitioner, or for the whole practice when none is named."""

    practice = models.ForeignKey("practices.Practice", on_delete=models.PROTECT, related_name="messages")
    practitioner = models.ForeignKey(
        "practices.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    call_id = models.UUIDField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=16, choices=Category, default=Category.OTHER)
    is_urgent = models.BooleanField(default=False)
    body = models.TextField(max_length=2000)
    caller_name = models.CharField(max_length=120, blank=True)
    caller_number = models.CharField(max_length=16, blank=True, help_text="E.164, or what was dictated")
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True, help_text="What the practitioner says to the desk.")
    idempotency_key = models.UUIDField(null=True, blank=True, unique=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["practice", "practitioner", "-sent_at"],
                condition=Q(done_at=None),
                name="message_open",
            ),
            models.Index(fields=["practice", "-sent_at"], name="message_recent"),
            models.Index(fields=["patient", "-sent_at"], name="message_patient"),
            models.Index(fields=["call_id"], condition=Q(call_id__isnull=False), name="message_call"),
        ]
        verbose_name = _("message")

    def __str__(self) -> str:
        return self.body[:60]


class MessageDraft(models.Model):
    """Keep what a secretary is typing for a practice, so that no reload, crash or second tab loses it.

    One for each call, since what one caller says never belongs to the next; null outside a call.
    """

    call_id = models.UUIDField(null=True, blank=True)
    practice = models.ForeignKey("practices.Practice", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["practice", "author", "call_id"], nulls_distinct=False, name="message_draft_one_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} · {self.author_id}"


class FollowUpKind(models.TextChoices):
    """Name what remains to be done."""

    CALLBACK = "callback", _("Appel à rendre")
    VOICEMAIL = "voicemail", _("Message vocal")
    MESSAGE = "message", _("Réponse du praticien")
    OTHER = "other", _("À faire")


class FollowUpResult(models.TextChoices):
    """Say how a follow-up ended."""

    REACHED = "reached", _("Joint, c’est réglé")
    LEFT_MESSAGE = "left_message", _("Message laissé")
    UNREACHABLE = "unreachable", _("Injoignable")
    NOT_NEEDED = "not_needed", _("Plus nécessaire")
    CALLED_AGAIN = "called_again", _("A rappelé de lui-même")


class TryResult(models.TextChoices):
    """Say what came of one attempt to call somebody back."""

    REACHED = "reached", _("Joint")
    NO_ANSWER = "no_answer", _("Pas de réponse")
    LEFT_MESSAGE = "left_message", _("Message laissé")


class FollowUp(models.Model):
    """Hold one thing to do for a caller; one secretary at most has it in hand."""

    practice = models.ForeignKey("practices.Practice", on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=12, choices=FollowUpKind, default=FollowUpKind.CALLBACK)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    call_id = models.UUIDField(null=True, blank=True)
    caller_number = models.CharField(max_length=16, blank=True)
    caller_name = models.CharField(max_length=120, blank=True)
    body = models.TextField(max_length=2000, blank=True)
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="When a claim lapses by itself; null: it does not."
    )
    is_urgent = models.BooleanField(_("urgent"), default=False)
    rang = models.PositiveSmallIntegerField(default=1, help_text="How often the caller rang before.")
    last_rang_at = models.DateTimeField(null=True, blank=True)
    wished_at = models.DateTimeField(
        null=True, blank=True, help_text="When the caller asked to be called, if he did."
    )
    seconds = models.PositiveIntegerField(default=0, help_text="How long the voicemail lasts.")
    tries = models.PositiveSmallIntegerField(default=0)
    last_tried_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.CharField(max_length=12, choices=FollowUpResult, blank=True)
    result_note = models.CharField(max_length=280, blank=True)
    voicemail_path = models.CharField(
        max_length=200, blank=True, help_text="Relative to the voicemail folder."
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["practice", "due_at"], condition=Q(done_at=None), name="follow_up_open"),
            models.Index(fields=["practice", "-done_at"], name="follow_up_done"),
            models.Index(fields=["patient"], name="follow_up_patient"),
            models.Index(
                fields=["practice", "caller_number"], condition=Q(done_at=None), name="follow_up_caller"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A call is called back once, however often its end is told; it may be answered more than once.
            models.UniqueConstraint(
                fields=["call_id", "kind"],
                condition=Q(call_id__isnull=False, kind__in=["callback", "voicemail"]),
                name="follow_up_once_a_call",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(done_at__gte=F("created_at")),
                name="follow_up_done_after_created",
            ),
        ]
        verbose_name = _("suivi")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.caller_name or self.caller_number}"

    def is_in_hand(self, *, now: datetime) -> bool:
        """Say whether somebody has it in hand: a claim that lapsed is nobody's."""
        return self.assigned_to_id is not None and (self.claimed_until is None or now < self.claimed_until)


class FollowUpCall(models.Model):
    """Hold one more lost call of a caller who is on the list already; its end may be told twice."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="further_calls")
    call_id = models.UUIDField(unique=True)
    at = models.DateTimeField()

    objects = ScopedManager(practice="follow_up__practice")

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.call_id}"


class FollowUpTry(models.Model):
    """Hold one attempt to reach a caller, and what it takes to undo it."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="attempts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=TryResult)
    due_before = models.DateTimeField(help_text="When the follow-up was due until then.")

    objects = ScopedManager(practice="follow_up__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.result}"
