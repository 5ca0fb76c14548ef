"""Many appointments dealt with at once: ill today, forty minutes late, closed for a week."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models.appointments import Appointment
from decroche.scheduling.models.openings import Absence


class MassMove(models.Model):
    """What happened to a practitioner's days, and the work that it makes (report groupé)."""

    class Kind(models.TextChoices):
        AWAY = "away", _("absence")
        LATE = "late", _("retard")

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        SENT = "sent", _("envoyé")
        UNDONE = "undone", _("annulé")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="mass_moves")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="mass_moves")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    delay_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    absence = models.ForeignKey(Absence, models.SET_NULL, null=True, blank=True, related_name="mass_moves")
    made_absence = models.BooleanField(
        db_default=False, help_text="The absence was recorded for this, and goes when this is undone."
    )
    reason = models.CharField(_("raison"), max_length=120, blank=True, default="")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mass_move_times_in_order"),
            models.CheckConstraint(
                condition=~Q(kind="late") | Q(delay_minutes__gte=1), name="mass_move_says_how_late"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.kind} {self.state}"


class MassMoveItem(models.Model):
    """One touched appointment: what is proposed for it, and how far its patient has been told."""

    class Plan(models.TextChoices):
        MOVE = "move", _("déplacer")
        CANCEL = "cancel", _("annuler")
        KEEP = "keep", _("laisser")
        CALL = "call", _("rappeler pour convenir")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposé")
        DONE = "done", _("fait")
        FAILED = "failed", _("à reprendre")

    class Told(models.TextChoices):
        NOT_YET = "", _("pas encore prévenu")
        TEXT = "sms", _("prévenu par SMS")
        TO_CALL = "to_call", _("à appeler")
        CALLED = "called", _("prévenu par téléphone")

    mass_move = models.ForeignKey(MassMove, models.CASCADE, related_name="items")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="mass_move_items")
    version = models.PositiveIntegerField(help_text="The appointment's version when it was listed.")
    old_starts_at = models.DateTimeField(null=True, blank=True)
    plan = models.CharField(max_length=6, choices=Plan.choices)
    new_practitioner = models.ForeignKey(
        Practitioner, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    new_site = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="+")
    new_starts_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    told = models.CharField(max_length=7, choices=Told.choices, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    problem = models.CharField(max_length=160, blank=True, default="")

    objects = ScopedManager(practice="mass_move__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["appointment__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mass_move", "appointment"], name="mass_move_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.mass_move_id} {self.appointment_id} {self.plan}"
