"""Recording: off unless a rule with a reason says otherwise, announced, refusable, sampled, and purged at its date."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decroche.calls.models.calls import Call
from decroche.foundation.tenancy import ScopedManager

LONGEST_KEPT_DAYS = (
    180  # CNIL, « L'écoute et l'enregistrement des appels sur le lieu de travail »: six months at most
)


class RecordingReason(models.TextChoices):
    """Name what a recording may be made for."""

    TRAINING = "training", _("Formation des secrétaires")
    QUALITY = "quality", _("Qualité de l’accueil")
    PROOF = "proof", _("Preuve en cas de litige")


class RecordingRule(models.Model):
    """Hold that a part of a line's calls is recorded, why, and how long it is kept."""

    line = models.ForeignKey("practices.Line", models.CASCADE, related_name="recording_rules")
    reason = models.CharField(_("finalité"), max_length=10, choices=RecordingReason)
    detail = models.CharField(_("précision"), max_length=200)
    announcement = models.CharField(_("annonce"), max_length=300)
    refusal_digit = models.CharField(_("touche de refus"), max_length=1, default="9")
    sample_percent = models.PositiveSmallIntegerField(
        _("part des appels"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    keep_days = models.PositiveSmallIntegerField(
        _("conservation"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT_DAYS)],
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Excluded; a rule without an end would be systematic.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="line__practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="recording_rule_forward"),
            models.CheckConstraint(
                condition=Q(sample_percent__gte=1, sample_percent__lte=50), name="recording_never_systematic"
            ),
            models.CheckConstraint(
                condition=Q(keep_days__gte=1, keep_days__lte=LONGEST_KEPT_DAYS), name="recording_kept_briefly"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.reason}"


class Recording(models.Model):
    """Hold one recorded call, until its purge."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="recordings")
    rule = models.ForeignKey(RecordingRule, models.PROTECT, related_name="recordings")
    path = models.CharField(max_length=200, blank=True, help_text="Relative to the recordings folder.")
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    purge_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="call__practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["purge_at"], condition=Q(purged_at=None), name="recording_to_purge"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.started_at:%Y-%m-%d}"
