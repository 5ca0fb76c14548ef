"""What screens ask of the switchboard, and its signs of life."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class SwitchboardOrder(models.Model):
    """Carry one order from a screen to the switchboard, and how it ended."""

    kind = models.CharField(max_length=20)
    call_id = models.UUIDField(null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict, blank=True)
    requested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=20, blank=True)
    exchange = models.CharField(max_length=40, blank=True, help_text="Whose switchboard is to obey.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=Q(done_at=None), name="order_pending"),
            models.Index(fields=["user", "-requested_at"], name="order_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class SwitchboardPulse(models.Model):
    """Hold the last sign of life of each exchange's switchboard."""

    exchange = models.CharField(max_length=40, blank=True, unique=True, help_text="Empty: the only one.")
    beat_at = models.DateTimeField()
    started_at = models.DateTimeField()
    exchange_up = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.beat_at:%H:%M:%S}"

    def is_alive(self, *, now: datetime) -> bool:
        """Say whether the switchboard gave a sign of life lately."""
        return now - self.beat_at < timedelta(seconds=8)
