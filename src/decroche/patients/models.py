"""Keep who a patient is: identity, telephone numbers and the keys that find them again."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from decroche.foundation.tenancy import ScopedManager
from decroche.patients.domain import keys


class Sex(models.TextChoices):
    """Name the values of the national identity standard; unknown until somebody says it."""

    FEMALE = "F", _("Femme")
    MALE = "M", _("Homme")
    UNKNOWN = "U", _("Non précisé")


class IdentityStatus(models.TextChoices):
    """Say how far an identity can be trusted; what is heard on the telephone stays provisional."""

    PROVISIONAL = "provisional", _("Provisoire")
    RETRIEVED = "retrieved", _("Récupérée")
    QUALIFIED = "qualified", _("Qualifiée")


class Patient(models.Model):
    """Hold one person as one practice knows them.

    ``index(numbers)`` must be called before a row is written in bulk: it fills the search
    columns, which ``save()`` fills by itself.
    """

    practice = models.ForeignKey("practices.Practice", on_delete=models.PROTECT, related_name="patients")
    birth_name = models.CharField(max_length=80)
    used_name = models.CharField(max_length=80, blank=True, help_text="Empty when it is the birth name.")
    first_names = models.CharField(max_length=80)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex, default=Sex.UNKNOWN)
    birthplace_code = models.CharField(max_length=5, blank=True, help_text="INSEE code of the birthplace.")
    email = models.EmailField(blank=True)
    identity_status = models.CharField(
        max_length=12, choices=IdentityStatus, default=IdentityStatus.PROVISIONAL
    )
    notes_allowed = models.CharField(
        max_length=280, blank=True, help_text="Logistics only, never anything medical."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    name_key = models.CharField(max_length=260, db_collation="C", editable=False)
    first_key = models.CharField(max_length=260, db_collation="C", editable=False)
    search_tokens = ArrayField(models.TextField(), default=list, editable=False)
    search_vector = models.GeneratedField(
        expression=models.Func(models.F("search_tokens"), function="array_to_tsvector"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects = ScopedManager(practice="practice")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["practice", "name_key"], name="patient_name_key"),
            models.Index(fields=["practice", "first_key"], name="patient_first_key"),
            models.Index(fields=["practice", "birth_date"], name="patient_birth_date"),
            models.Index(fields=["practice", "-updated_at"], name="patient_updated"),
            GinIndex(fields=["search_vector"], name="patient_search"),
        ]
        verbose_name = _("patient")

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, numbers: list[str] | None = None, **kwargs: Any) -> None:
        """Keep the search columns in step with what is written; ``numbers`` spares reading them."""
        if numbers is None:
            numbers = [phone.number for phone in self.phones.all()] if self.pk else []
        self.index(numbers)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key", "first_key", "search_tokens"}
        super().save(*args, **kwargs)

    @property
    def last_name(self) -> str:
        """Give the name the person goes by."""
        return self.used_name or self.birth_name

    @property
    def display_name(self) -> str:
        """Write "NOM Prénom", the French way."""
        return f"{self.last_name.upper()} {self.first_names}"

    def index(self, numbers: list[str]) -> None:
        """Fill the search columns from the names, the birth date and E.164 ``numbers``."""
        found = keys.search_keys(
            practice_id=self.practice_id,
            birth_name=self.birth_name,
            used_name=self.used_name,
            first_names=self.first_names,
            numbers=numbers,
        )
        self.name_key, self.first_key = found.name_key, found.first_key
        self.search_tokens = list(found.tokens)


class PatientPhone(models.Model):
    """Hold one number by which a patient can be reached; several patients may share it."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(max_length=16, help_text="E.164")
    label = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ScopedManager(practice="patient__practice")

    class Meta:
        ordering = ("position", "id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["number"], name="patient_phone_number")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "number"], name="patient_phone_once"),
        ]

    def __str__(self) -> str:
        return self.number
