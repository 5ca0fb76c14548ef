"""What the agenda knows of a patient: wishes, and a practitioner's refusal after missed appointments."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner


class PatientPreference(models.Model):
    """When and with whom a patient would rather come."""

    class HalfDay(models.TextChoices):
        ANY = "", _("peu importe")
        MORNING = "am", _("le matin")
        AFTERNOON = "pm", _("l’après-midi")

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="agenda_preference")
    practitioner = models.ForeignKey(Practitioner, models.SET_NULL, null=True, blank=True, related_name="+")
    half_day = models.CharField(_("moment"), max_length=2, choices=HalfDay.choices, blank=True, default="")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 = Monday; empty: any."
    )
    accompanied_by = models.CharField(_("accompagné par"), max_length=80, blank=True, default="")

    objects = ScopedManager(practice="patient__practice")

    def __str__(self) -> str:
        return str(self.patient_id)


class PatientBlock(models.Model):
    """A practitioner's own decision not to give a patient appointments any more; never taken by the software."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="agenda_blocks")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="patient_blocks")
    reason = models.CharField(_("raison"), max_length=120)
    since = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager(practice="practitioner__practice")

    class Meta:
        ordering: ClassVar[list[str]] = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practitioner"],
                condition=Q(ended_at__isnull=True),
                name="patient_blocked_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.patient_id}"
