"""Private calendar addresses of a practitioner's agenda."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner


class CalendarFeed(models.Model):
    """A secret address under which a calendar application reads one practitioner's agenda.

    Only a digest of the secret is kept, so that reading this table opens no feed. The feed says no more than its
    maker may see at the moment when it is read.
    """

    class Detail(models.TextChoices):
        BUSY = "busy", _("« Occupé » seulement")
        INITIALS = "initials", _("les initiales du patient")
        NAMES = "names", _("le nom du patient")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="calendar_feeds")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="calendar_feeds")
    detail = models.CharField(_("ce qu’on y lit"), max_length=8, choices=Detail.choices, default=Detail.BUSY)
    shows_visit_type = models.BooleanField(_("montrer aussi le motif"), default=False)
    label = models.CharField(_("pour quel appareil"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    #: What was served last, so that "nothing new" can be answered exactly; and since when it stands.
    fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: How often it was asked in the hour that began at `counted_from`.
    counted_from = models.DateTimeField(null=True, blank=True, editable=False)
    count = models.PositiveIntegerField(default=0, editable=False)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.detail}"
