"""Read an instruction or a protocol as it is typed."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.instructions.actions.add_instruction import LONGEST_BODY
from decroche.instructions.actions.write_protocol import MOST_STEPS, SHORT_NUMBERS
from decroche.instructions.models import Instruction, InstructionKind, StepKind
from decroche.kernel import phone as phones
from decroche.practices.models import Practice, Practitioner
from decroche.practices.queries import practitioners_of

YEARS_AHEAD = 5
EVERYONE = "all"


class Lasting(forms.ChoiceField):
    """Ask how long it holds."""

    TODAY, OPEN, UNTIL = "today", "open", "until"

    def __init__(self) -> None:
        choices = [
            (self.TODAY, gettext_lazy("Aujourd’hui seulement")),
            (self.OPEN, gettext_lazy("Jusqu’à nouvel ordre")),
            (self.UNTIL, gettext_lazy("Jusqu’au…")),
        ]
        super().__init__(
            label=gettext_lazy("Durée"), choices=choices, initial=self.TODAY, widget=forms.RadioSelect
        )


def moment(label: Any, help_text: Any) -> forms.DateTimeField:
    """Ask for a day and an hour of the practice's own clock."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    unclear = gettext_lazy("Cette date n’existe pas. Choisissez un jour et une heure.")
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=widget,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
        error_messages={"invalid": unclear},
    )


class InstructionForm(forms.Form):
    """Ask what is wanted, for whom, from when, until when. Times are the practice's."""

    body = forms.CharField(
        label=gettext_lazy("Consigne"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=gettext_lazy("Comme vous la diriez : « Dr Roussel finit à 17 h aujourd’hui »."),
        error_messages={
            "required": gettext_lazy("Écrivez la consigne."),
            "max_length": gettext_lazy("La consigne dépasse 1 000 caractères. Raccourcissez-la."),
        },
    )
    practitioner = forms.ChoiceField(label=gettext_lazy("Pour"), initial=EVERYONE)
    kind = forms.ChoiceField(
        label=gettext_lazy("Sujet"), choices=InstructionKind.choices, initial=InstructionKind.NOTE
    )
    starts_at = moment(gettext_lazy("À partir de"), gettext_lazy("Vide : tout de suite."))
    lasts = Lasting()
    ends_at = moment(gettext_lazy("Fin"), gettext_lazy("Seulement pour « Jusqu’au… »."))

    def __init__(self, *args: Any, practice: Practice, now: datetime, **options: Any) -> None:
        options.setdefault("auto_id", "instruction_%s")
        super().__init__(*args, **options)
        self.practice, self.now = practice, now
        self.people: dict[str, Practitioner] = {str(p.pk): p for p in practitioners_of(practice.pk)}
        field = self.fields["practitioner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (EVERYONE, _("Tout le cabinet")),
            *((pk, p.display_name) for pk, p in self.people.items()),
        ]

    @classmethod
    def initial_of(cls, instruction: Instruction, now: datetime) -> dict[str, Any]:
        """Return the form's values for a new wording of an instruction, times on the practice's clock."""
        zone = instruction.practice.zone
        later = instruction.starts_at > now
        ends_at = instruction.ends_at
        return {
            "body": instruction.body,
            "practitioner": str(instruction.practitioner_id or EVERYONE),
            "kind": instruction.kind,
            "starts_at": instruction.starts_at.astimezone(zone).replace(tzinfo=None) if later else None,
            "lasts": Lasting.UNTIL if ends_at else Lasting.OPEN,
            "ends_at": ends_at.astimezone(zone).replace(tzinfo=None) if ends_at else None,
        }

    def full_clean(self) -> None:
        """Read the times on the practice's clock, not the reader's."""
        with timezone.override(self.practice.zone):
            super().full_clean()

    def clean_starts_at(self) -> datetime | None:
        return self._reasonable(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> datetime | None:
        return self._reasonable(self.cleaned_data["ends_at"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if cleaned.get("lasts") == Lasting.TODAY and not ends_at:
            day = (starts_at or self.now).astimezone(self.practice.zone).date() + timedelta(days=1)
            cleaned["ends_at"] = datetime.combine(day, time.min, tzinfo=self.practice.zone)
        elif cleaned.get("lasts") == Lasting.UNTIL and not ends_at and "ends_at" not in self.errors:
            self.add_error("ends_at", _("Dites jusqu’à quand, ou choisissez « Jusqu’à nouvel ordre »."))
        elif cleaned.get("lasts") == Lasting.OPEN and ends_at:
            cleaned["lasts"] = Lasting.UNTIL
        if ends_at and (ends_at <= self.now or (starts_at and ends_at <= starts_at)):
            self.add_error("ends_at", _("La fin est déjà passée ou vient avant le début."))
        return cleaned

    @property
    def chosen(self) -> Practitioner | None:
        """Return whom it is for, nobody in particular when the whole practice."""
        return self.people.get(self.cleaned_data["practitioner"])

    def _reasonable(self, value: datetime | None) -> datetime | None:
        if value is not None and not self.now.year - 1 <= value.year <= self.now.year + YEARS_AHEAD:
            raise forms.ValidationError(_("Cette date est trop lointaine. Vérifiez l’année."))
        return value


class StepForm(forms.Form):
    """Ask for one step of a protocol."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Geste"), choices=StepKind.choices, initial=StepKind.ASK, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Étape"),
        max_length=300,
        required=False,
        error_messages={"max_length": gettext_lazy("300 caractères au plus par étape : coupez-la en deux.")},
    )
    number = forms.CharField(label=gettext_lazy("Numéro à appeler"), required=False, max_length=40)

    def __init__(self, *args: Any, region: str = "FR", **options: Any) -> None:
        super().__init__(*args, **options)
        self.region = region

    def wear(self, row: int) -> None:
        """Name each control for who does not see the columns, and point at its error."""
        for name, field in self.fields.items():
            attrs = {"aria-label": _("%(label)s, étape %(row)s") % {"label": field.label, "row": row}}
            attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            if self.is_bound and self.errors.get(name):
                attrs |= {"class": f"{attrs['class']} is-invalid", "aria-invalid": "true"}
                attrs["aria-describedby"] = f"{self[name].auto_id}_error"
            field.widget.attrs |= attrs

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if (
            number
            and number not in SHORT_NUMBERS
            and phones.parse_or_none(number, region=self.region) is None
        ):
            raise forms.ValidationError(_("Ce numéro ne se compose pas. Exemples : 15, 06 39 98 12 34."))
        return number


class ProtocolForm(forms.Form):
    """Ask for the protocol's name."""

    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Donnez un titre au protocole."),
            "max_length": gettext_lazy("120 caractères au plus."),
        },
    )


StepFormSet = forms.formset_factory(
    StepForm, extra=4, max_num=MOST_STEPS, absolute_max=MOST_STEPS, can_order=True
)
