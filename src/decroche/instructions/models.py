"""Keep what a practice asks of its desk: dated instructions, who has read them, emergency protocols."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager


class InstructionKind(models.TextChoices):
    """Name what an instruction is about; only its wording is for the secretary."""

    NOTE = "note", _("À savoir")
    END_OF_DAY = "end_of_day", _("Fin de journée")
    ABSENCE = "absence", _("Absence")
    NO_NEW_PATIENTS = "no_new_patients", _("Pas de nouveaux patients")
    MESSAGE_ONLY = "message_only", _("Prendre un message")
    BOOKING = "booking", _("Prise de rendez-vous")
    EMERGENCY = "emergency", _("Urgences")


class Instruction(models.Model):
    """Hold one wording of one instruction; a new wording is a new row that ``replaces`` the old one.

    Valid over the half-open period [starts_at, min(ends_at, ended_at)).
    """

    practice = models.ForeignKey("practices.Practice", on_delete=models.PROTECT, related_name="instructions")
    practitioner = models.ForeignKey(
        "practices.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="instructions"
    )
    kind = models.CharField(max_length=20, choices=InstructionKind, default=InstructionKind.NOTE)
    body = models.TextField(max_length=1000)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["practice", "starts_at"], condition=Q(ended_at=None), name="instruction_running"
            ),
            models.Index(fields=["practice", "-ended_at"], name="instruction_ended"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="instruction_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False),
                name="instruction_ended_by_needs_a_time",
            ),
        ]
        verbose_name = _("consigne")

    def __str__(self) -> str:
        return self.body


class InstructionRead(models.Model):
    """Record that a person has read one wording."""

    instruction = models.ForeignKey(Instruction, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    objects = ScopedManager(practice="instruction__practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["instruction", "user"], name="instruction_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.instruction_id} · {self.user_id}"


class ReadingMark(models.Model):
    """Remember when a person last took note of everything a practice asks."""

    practice = models.ForeignKey("practices.Practice", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["practice", "user"], name="reading_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} · {self.user_id}"


class EmergencyProtocol(models.Model):
    """Hold a practitioner's own written protocol, or the practice's when ``practitioner`` is null."""

    practice = models.ForeignKey(
        "practices.Practice", on_delete=models.PROTECT, related_name="emergency_protocols"
    )
    practitioner = models.ForeignKey(
        "practices.Practitioner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="emergency_protocols",
    )
    title = models.CharField(max_length=120)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["practice", "practitioner"],
                nulls_distinct=False,
                name="emergency_protocol_one_each",
            ),
        ]
        verbose_name = _("protocole d’urgence")

    def __str__(self) -> str:
        return self.title


class StepKind(models.TextChoices):
    """Name what the secretary does at a step; never what she should conclude."""

    ASK = "ask", _("Demander")
    SAY = "say", _("Dire")
    DO = "do", _("Faire")


class ProtocolStep(models.Model):
    """Hold one step, read in order of ``position``; ``number`` is an E.164 or short number to dial."""

    protocol = models.ForeignKey(EmergencyProtocol, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=StepKind, default=StepKind.ASK)
    text = models.CharField(max_length=300)
    number = models.CharField(max_length=16, blank=True)

    objects = ScopedManager(practice="protocol__practice")

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["protocol", "position"], name="protocol_step_position"),
        ]

    def __str__(self) -> str:
        return self.text
