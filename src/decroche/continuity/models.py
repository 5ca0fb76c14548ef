"""The sealed fortnight of each practice, and what was written down while the line was dead."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import Appointment, VisitType


class Vault(models.Model):
    """What seals a practice's fortnight: a public key, and the private one locked by a phrase that nobody here knows.

    The server can only seal. Whoever has the page and the phrase can open it, on a machine that has no network.
    """

    practice = models.OneToOneField(Practice, models.CASCADE, related_name="vault")
    public_key = models.BinaryField(help_text="RSA, SubjectPublicKeyInfo, DER.")
    locked_private_key = models.BinaryField(help_text="PKCS #8, DER, AES-256-GCM under the phrase's key.")
    salt = models.BinaryField()
    nonce = models.BinaryField()
    iterations = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ScopedManager(practice="practice")

    def __str__(self) -> str:
        return f"vault {self.practice_id}"


class Snapshot(models.Model):
    """The latest sealed fortnight; each refresh replaces the one before."""

    practice = models.OneToOneField(Practice, models.CASCADE, related_name="snapshot")
    vault = models.ForeignKey(Vault, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    first_day = models.DateField()
    appointments = models.PositiveIntegerField()
    locked_key = models.BinaryField(
        help_text="The AES-256 key of this snapshot, RSA-OAEP-SHA-256 under the vault's key."
    )
    nonce = models.BinaryField()
    sealed = models.BinaryField(help_text="JSON, deflated, AES-256-GCM.")

    objects = ScopedManager(practice="practice")

    def __str__(self) -> str:
        return f"snapshot {self.practice_id} {self.made_at:%Y-%m-%d %H:%M}"


class Capture(models.Model):
    """One line written down offline, as it came back; never deleted, only settled."""

    class Kind(models.TextChoices):
        BOOK = "book", _("rendez-vous donné")
        CANCEL = "cancel", _("annulation")
        ARRIVED = "arrived", _("arrivée")
        NOTE = "note", _("à savoir")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("offline", "à reprendre")
        DONE = "done", _("repris")
        DISMISSED = "dismissed", _("écarté")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="captures")
    client_id = models.UUIDField(help_text="Made by the page: a line sent twice is kept once.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    practitioner = models.ForeignKey(Practitioner, models.SET_NULL, null=True, blank=True, related_name="+")
    #: The appointment that the line is about, for a cancellation or an arrival, in the version that the page showed.
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, blank=True, related_name="+")
    shown_version = models.PositiveIntegerField(null=True, blank=True)
    visit_type = models.ForeignKey(VisitType, models.SET_NULL, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    last_name = models.CharField(max_length=80, blank=True, default="")
    first_names = models.CharField(max_length=80, blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, default="")
    note = models.CharField(max_length=280, blank=True, default="")
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.ForeignKey(Appointment, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["captured_at", "pk"]
        indexes = [models.Index(fields=["practice"], condition=Q(state="pending"), name="capture_pending")]
        constraints = [
            models.UniqueConstraint(fields=["practice", "client_id"], name="capture_once"),
            models.CheckConstraint(
                condition=~Q(kind="book") | Q(starts_at__isnull=False, duration_minutes__gte=5),
                name="capture_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.client_id}"
