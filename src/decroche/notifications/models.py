"""Keep what was sent out, once for each fact and kind."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager


class Channel(models.TextChoices):
    """Name the ways out."""

    SMS = "sms", _("SMS")
    MAIL = "mail", _("Courriel")


class NoticeStatus(models.TextChoices):
    """Say how far a notice has gone."""

    QUEUED = "queued", _("En attente")
    SENT = "sent", _("Envoyé")
    FAILED = "failed", _("Non remis")
    WITHDRAWN = "dropped", _("Retiré avant l’envoi")


class OutgoingNotice(models.Model):
    """Hold one text for one person; the (fact, kind) pair makes a repeated order harmless."""

    practice = models.ForeignKey("practices.Practice", on_delete=models.PROTECT, related_name="notices")
    fact = models.CharField(max_length=120, help_text="What happened, e.g. appointment:12:booked")
    kind = models.CharField(max_length=40, help_text="What is sent about it, e.g. access_card")
    channel = models.CharField(max_length=4, choices=Channel)
    sender = models.CharField(max_length=11)
    to = models.CharField(max_length=254, help_text="E.164 number or mail address")
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    status = models.CharField(max_length=8, choices=NoticeStatus, default=NoticeStatus.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["fact", "kind"], name="notice_once_per_fact_and_kind"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"], condition=models.Q(status="queued"), name="notice_still_queued"
            ),
        ]
        verbose_name = _("avis envoyé")

    def __str__(self) -> str:
        return f"{self.kind} · {self.to}"
