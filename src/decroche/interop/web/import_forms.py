"""What people choose about an import."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from decroche.interop.domain.lines import MOST_BYTES, FileFlaw
from decroche.interop.domain.table import DELIMITERS, Layout, Role
from decroche.interop.models import ImportLine, ImportRun
from decroche.interop.web.words import (
    DELIMITER_NAMES,
    encoding_choices,
    file_sentence,
    role_choices,
)
from decroche.patients.domain.birth_dates import ImpossibleBirthDate, NotABirthDate, read
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models import VisitType

LONGEST_PERIOD_DAYS = 366 * 6


class UploadForm(forms.Form):
    """The file, and where it goes."""

    file = forms.FileField(
        label=_("Fichier exporté de l’ancien agenda"),
        help_text=_("Calendrier .ics ou tableau .csv, 10 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": ".ics,.csv,.txt,text/calendar,text/csv"}),
    )
    practitioner = forms.ModelChoiceField(Practitioner.objects.none(), label=_("Agenda de"), empty_label=None)
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Lieu"), empty_label=None)
    visit_type = forms.ModelChoiceField(
        VisitType.objects.none(),
        label=_("Motif par défaut"),
        empty_label=None,
        help_text=_("Quand le fichier n’en dit rien."),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        """Offer what the practice has."""
        super().__init__(*args, **kwargs)
        querysets: dict[str, Any] = {
            "practitioner": Practitioner.objects.filter(practice=practice, is_active=True),
            "site": Site.objects.filter(practice=practice),
            "visit_type": VisitType.objects.filter(practice=practice, is_active=True),
        }
        for name, rows in querysets.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(file_sentence(FileFlaw.TOO_LARGE))
        return file


class ChoicesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the checker
    """How the file is to be read."""

    # Declared here: the model's own field would ask the database at import, without a scope.
    visit_type = forms.ModelChoiceField(
        VisitType.objects.none(), label=_("Motif par défaut"), empty_label=None
    )

    class Meta:
        model = ImportRun
        fields = ("first_day", "last_day", "unknown", "nameless", "outside")
        widgets = {
            "first_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the practice's own visit types."""
        super().__init__(*args, **kwargs)
        types: Any = self.fields["visit_type"]
        types.queryset = VisitType.objects.filter(practice_id=self.instance.practice_id, is_active=True)
        types.initial = self.instance.visit_type_id

    def clean(self) -> dict[str, Any]:
        """Keep the period in order and of a sane length."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last_day", _t("Le dernier jour vient avant le premier."))
            elif (last - first).days > LONGEST_PERIOD_DAYS:
                self.add_error("last_day", _t("Six ans au plus à la fois."))
        if cleaned.get("visit_type"):
            self.instance.visit_type = cleaned["visit_type"]
        return cleaned


class LayoutForm(forms.Form):
    """How a table is written; a select for each column."""

    encoding = forms.ChoiceField(label=_("Lettres accentuées"))
    delimiter = forms.ChoiceField(label=_("Séparateur"), choices=DELIMITER_NAMES.items())
    has_heads = forms.BooleanField(label=_("La première ligne nomme les colonnes"), required=False)
    month_first = forms.BooleanField(label=_("Le mois vient avant le jour (11/24/2026)"), required=False)

    def __init__(self, *args: Any, layout: Layout, **kwargs: Any) -> None:
        """Begin with what was guessed."""
        super().__init__(*args, **kwargs)
        self.initial = layout.as_json()
        self.fields["encoding"].choices = encoding_choices()  # type: ignore[attr-defined]
        self.width = len(layout.roles)
        for number, role in enumerate(layout.roles):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                choices=role_choices(),
                required=False,
                initial=role.value,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        """Give the selects in order."""
        return [self[f"column-{number}"] for number in range(self.width)]

    def clean(self) -> dict[str, Any]:
        """Ask for a date, and for no role twice."""
        cleaned: dict[str, Any] = super().clean() or {}
        roles = [cleaned.get(f"column-{number}", "") for number in range(self.width)]
        used = [role for role in roles if role]
        if Role.START not in used:
            self.add_error(None, _t("Dites quelle colonne donne la date."))
        if len(set(used)) != len(used):
            self.add_error(None, _t("Une même chose est dite par deux colonnes : gardez-en une."))
        if cleaned.get("delimiter") not in DELIMITERS:
            self.add_error("delimiter", _t("Choisissez un séparateur."))
        return cleaned

    def layout(self) -> Layout:
        """Give the corrected layout."""
        roles = tuple(Role(self.cleaned_data[f"column-{number}"]) for number in range(self.width))
        data = self.cleaned_data
        return Layout(data["encoding"], data["delimiter"], data["has_heads"], roles, data["month_first"])


class LineForm(forms.Form):
    """What a person decides for one line: `known-<id>`, `new`, `absence`, `ignored` or `appointment`."""

    decision = forms.CharField(max_length=30)
    birth_date = forms.CharField(max_length=60, required=False)
    visit_type = forms.ModelChoiceField(VisitType.objects.none(), required=False)

    def __init__(self, *args: Any, line: ImportLine, today: date, **kwargs: Any) -> None:
        """Know the line and the practice's day."""
        super().__init__(*args, **kwargs)
        self.line, self.today = line, today
        types: Any = self.fields["visit_type"]
        types.queryset = VisitType.objects.filter(practice_id=line.run.practice_id)

    def clean_decision(self) -> str:
        """Let through what the screen offers only."""
        decision = str(self.cleaned_data["decision"])
        offered = {"new", "absence", "ignored", *(f"known-{pk}" for pk in self.line.candidates)}
        if decision not in offered:
            raise forms.ValidationError(_t("Choisissez parmi ce qui est proposé."))
        return decision

    def clean(self) -> dict[str, Any]:
        """Ask a new patient's birth date where the file has none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") != "new":
            return cleaned
        if not self.line.birth_name:
            self.add_error("decision", _t("Le fichier ne donne aucun nom pour cette ligne."))
        text = cleaned.get("birth_date") or ""
        try:
            cleaned["born"] = read(text, today=self.today) if text else self.line.birth_date
        except (NotABirthDate, ImpossibleBirthDate):
            cleaned["born"] = None
        if cleaned["born"] is None:
            self.add_error("birth_date", _t("Donnez la date de naissance : jour, mois, année."))
        return cleaned
