"""Keys by which another program acts for a person."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessKey(models.Model):
    """Lets a program act for a person: in these practices at most, with these permissions at most.

    What the person may no longer do, the key cannot do either: both are looked up at each request. Only a digest of the
    secret is kept. Practices are bare ids: a key is its person's, and a limit needs no row to point at.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="access_keys")
    practice_ids = ArrayField(models.BigIntegerField())
    permissions = ArrayField(models.CharField(max_length=30))
    label = models.CharField(_("pour quel logiciel"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=12, editable=False, help_text="To tell keys apart on the screen.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    counted_from = models.DateTimeField(null=True, blank=True, editable=False)
    count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.beginning}… {self.user_id}"

    def is_open(self, *, now: datetime) -> bool:
        """Tell whether the key still opens the door."""
        return self.revoked_at is None and now < self.expires_at


class RememberedAnswer(models.Model):
    """What a program was answered under an idempotency key, so that a repeated question changes nothing twice."""

    access_key = models.ForeignKey(AccessKey, models.CASCADE, related_name="answers", db_index=False)
    idempotency_key = models.CharField(max_length=64)
    question = models.CharField(max_length=64, help_text="Digest of the method, the address and the body.")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["access_key", "idempotency_key"], name="answer_remembered_once")
        ]
        indexes = [models.Index(fields=["at"], name="remembered_answer_age")]

    def __str__(self) -> str:
        return f"{self.access_key_id} {self.status}"
