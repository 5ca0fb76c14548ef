"""What the waiting room itself keeps: its devices, its tickets, where each practitioner receives, its tolerance."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models import Appointment
from decroche.waiting_room.domain.display import Shows as _Shows


class Device(models.Model):
    """A screen that nobody signs in on: a wall, or a page where patients say that they are here.

    The long secret in its address opens it; only a digest of it is stored, so it is shown once. Revoking is at once.
    """

    class Kind(models.TextChoices):
        WALL = "wall", _("écran mural")
        CHECK_IN = "check_in", _("borne d’arrivée")

    class Shows(models.TextChoices):
        TICKET = _Shows.TICKET, _("le numéro remis à l’arrivée (B 12)")
        INITIALS = _Shows.INITIALS, _("les initiales (J. M.)")
        FIRST_NAME = _Shows.FIRST_NAME, _("le prénom et l’initiale du nom (Jeanne M.)")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="waiting_room_devices")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("lieu"))
    kind = models.CharField(_("sorte"), max_length=8, choices=Kind.choices)
    label = models.CharField(_("nom de l’écran"), max_length=60)
    shows = models.CharField(
        _("qui est appelé s’affiche par"), max_length=10, choices=Shows.choices, default=Shows.TICKET
    )
    chime = models.BooleanField(_("proposer un carillon à chaque appel"), default=False)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address's secret.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: How many check-ins found nobody since `misses_since`: the page falls silent after too many.
    misses = models.PositiveSmallIntegerField(default=0)
    misses_since = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "label", "pk"]

    def __str__(self) -> str:
        return self.label


class Ticket(models.Model):
    """The number given at arrival, by which somebody is called; it says nothing about them."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="+", db_index=False)
    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="waiting_ticket")
    day = models.DateField()
    letter = models.CharField(max_length=3)
    number = models.PositiveSmallIntegerField()

    objects = ScopedManager(practice="practice")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["practice", "day", "letter", "number"], name="ticket_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.letter}\u00a0{self.number}"


class ConsultingRoom(models.Model):
    """Where a practitioner receives, as the wall says it: "Bureau 2", "au fond à gauche"."""

    practitioner = models.OneToOneField(Practitioner, models.CASCADE, related_name="consulting_room")
    name = models.CharField(_("bureau"), max_length=40)

    objects = ScopedManager(practice="practitioner__practice")

    def __str__(self) -> str:
        return self.name


class WaitingRoomSettings(models.Model):
    """What a practice decides once for its waiting room; absent, the defaults hold."""

    TOLERANCE = 10

    practice = models.OneToOneField(Practice, models.CASCADE, related_name="waiting_room_settings")
    tolerance_minutes = models.PositiveSmallIntegerField(
        _("minutes de retard tolérées"), default=TOLERANCE, validators=[MaxValueValidator(120)]
    )

    objects = ScopedManager(practice="practice")

    def __str__(self) -> str:
        return f"{self.practice_id}"
