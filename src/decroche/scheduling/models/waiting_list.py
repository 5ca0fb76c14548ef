"""Who would come earlier, for what, when; and what was proposed to them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models.visit_types import VisitType


class WaitingListEntry(models.Model):
    """A patient who would take an earlier slot (liste d'attente)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("attend")
        OFFERED = "offered", _("créneau proposé")
        BOOKED = "booked", _("a pris un créneau")
        LEFT = "left", _("n’attend plus")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="waiting_list")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="waiting_entries")
    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Null: any who receives.",
    )
    #: The appointment that an earlier one would replace; null for someone who has none yet.
    instead_of = models.ForeignKey(
        "Appointment", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("au lieu de")
    )
    first_day = models.DateField(_("à partir du"))
    last_day = models.DateField(_("jusqu’au (inclus)"))
    half_day = models.CharField(
        _("moment"), max_length=2, blank=True, default="", help_text='"", "am" or "pm".'
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 = Monday; empty: any."
    )
    notice_minutes = models.PositiveIntegerField(_("prévenir au moins (minutes)"), default=120)
    is_urgent = models.BooleanField(_("à passer devant"), default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(practice="practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_urgent", "created_at", "pk"]
        indexes = [
            models.Index(
                fields=["practice", "visit_type"], condition=Q(state="waiting"), name="waiting_list_in_force"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="waiting_days_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.state}"


class WaitingListOffer(models.Model):
    """A freed slot proposed to one person of the list, held for them until `expires_at`.

    `rank` and `passed_over` say, as it was then, where the person stood in the list and why nobody before them was asked:
    pairs of an entry's id and a `domain.waiting.Why`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("en attente de réponse")
        ACCEPTED = "accepted", _("accepté")
        DECLINED = "declined", _("refusé")
        LAPSED = "lapsed", _("sans réponse")
        TAKEN_BACK = "taken_back", _("retiré")

    class Told(models.TextChoices):
        TO_CALL = "", _("à appeler")
        TEXT = "sms", _("prévenu par SMS")
        CALLED = "called", _("appelé")

    entry = models.ForeignKey(WaitingListEntry, models.CASCADE, related_name="offers")
    hold = models.ForeignKey("Appointment", models.CASCADE, related_name="+")
    freed_by = models.ForeignKey("Appointment", models.SET_NULL, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    rank = models.PositiveSmallIntegerField(db_default=1)
    passed_over = models.JSONField(default=list)
    told = models.CharField(max_length=6, choices=Told.choices, blank=True, db_default="")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager(practice="entry__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="open"), name="waiting_entry_one_open_offer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"
