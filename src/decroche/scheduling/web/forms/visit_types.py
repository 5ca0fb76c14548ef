"""Forms of the visit types, of a practitioner's own terms for them, of resources and of pathways."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.save_offer import OfferTerms
from decroche.scheduling.actions.save_pathway import Step
from decroche.scheduling.actions.save_visit_type import VisitTerms
from decroche.scheduling.models import LONGEST_BUFFER_MINUTES, NewPatients, Place, Resource, VisitType
from decroche.scheduling.web.forms import fields

_MOST_QUESTIONS, _LONGEST_QUESTION = 10, 160
_HOUR, _DAY = 60, 24 * 60
_UNITS = [("60", _("heures")), ("1440", _("jours")), ("1", _("minutes"))]
#: What has a usual value.
_USUAL = (
    "short_name",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "new_patients",
    "notice",
    "notice_unit",
    "place",
)
_YES_NO = [("", _("comme le cabinet")), ("1", _("oui")), ("0", _("non"))]


def split_notice(minutes: int | None) -> tuple[int | None, str]:
    """Give a notice as a person would say it: a number and its unit ("48 heures", "3 jours")."""
    if minutes is None:
        return None, "60"
    unit = _DAY if minutes and minutes % _DAY == 0 else _HOUR if minutes % _HOUR == 0 else 1
    return minutes // unit, str(unit)


class VisitTypeForm(forms.Form):
    """A visit type of the practice, with its usual terms."""

    name = forms.CharField(label=_("Motif"), max_length=80, error_messages=fields.REQUIRED)
    short_name = forms.CharField(label=_("Abrégé dans la grille"), max_length=14, required=False)
    duration_minutes = fields.number(
        _("Durée (minutes)"), least=5, most=480, step_size=fields.STEP_MINUTES, initial=15
    )
    colour = forms.TypedChoiceField(
        label=_("Couleur"), choices=[(n, str(n)) for n in range(1, 13)], coerce=int, initial=1
    )
    emergency = forms.BooleanField(label=_("Réservé aux urgences"), required=False)
    is_active = forms.BooleanField(label=_("Proposé à la réservation"), required=False, initial=True)
    buffer_before_minutes = fields.number(
        _("Temps libre avant"), least=0, most=LONGEST_BUFFER_MINUTES, step_size=5, required=False, initial=0
    )
    buffer_after_minutes = fields.number(
        _("Temps libre après"), least=0, most=LONGEST_BUFFER_MINUTES, step_size=5, required=False, initial=0
    )
    booked_by = forms.MultipleChoiceField(
        label=_("Qui peut le donner"),
        choices=[("secretary", _("le secrétariat")), ("online", _("le patient, en ligne"))],
        required=False,
        initial=["secretary"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun coché : le praticien seul."),
    )
    new_patients = forms.ChoiceField(
        label=_("Pour qui"), choices=NewPatients.choices, required=False, initial=NewPatients.ANY
    )
    notice = fields.number(_("Délai minimal"), least=0, most=999, required=False, initial=0)
    notice_unit = forms.ChoiceField(label=_("Unité"), choices=_UNITS, required=False, initial="60")
    horizon_days = fields.number(_("Au plus loin (jours)"), least=1, most=730, required=False)
    max_per_day = fields.number(_("Au plus par jour"), least=1, most=99, required=False)
    max_per_half_day = fields.number(_("Au plus par demi-journée"), least=1, most=99, required=False)
    place = forms.ChoiceField(label=_("Où"), choices=Place.choices, required=False, initial=Place.SITE)
    resources = forms.ModelMultipleChoiceField(
        label=_("Il faut l’une de ces ressources"),
        queryset=Resource.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=fields.OF_THE_PRACTICE,
    )
    preparation = forms.CharField(
        label=_("À dire au patient"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Lu à voix haute au moment de réserver : « venez à jeun », « apportez vos radios »."),
    )
    questions = forms.CharField(
        label=_("Questions à poser"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une par ligne ; sur l’organisation, jamais sur les symptômes."),
    )
    series_sessions = fields.number(_("Séances"), least=2, most=60, required=False)
    series_per_week = fields.number(_("Par semaine"), least=1, most=7, required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        resources = Resource.objects.filter(practice=practice, is_active=True)
        self.fields["resources"].queryset = resources  # type: ignore[attr-defined]
        if not self.is_bound:
            fields.say_no_optional(self, *_USUAL)

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > _MOST_QUESTIONS or any(len(line) > _LONGEST_QUESTION for line in lines):
            raise forms.ValidationError(_("Au plus dix questions, de 160 caractères chacune."))
        return lines

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        fields.say_no_optional(self, *_USUAL)
        if bool(found.get("series_sessions")) != bool(found.get("series_per_week")):
            missing = "series_per_week" if found.get("series_sessions") else "series_sessions"
            if missing not in self.errors:
                self.add_error(missing, _("Une série a un nombre de séances et un rythme."))
        return found

    @property
    def plain(self) -> dict[str, Any]:
        """Give what names and draws the visit type, with its questions and resources."""
        names = ("name", "short_name", "colour", "duration_minutes", "is_active", "emergency")
        return {name: self.cleaned_data[name] for name in (*names, "questions", "resources")}

    @property
    def terms(self) -> VisitTerms:
        given = self.cleaned_data
        same = (
            "horizon_days",
            "max_per_day",
            "max_per_half_day",
            "preparation",
            "series_sessions",
            "series_per_week",
        )
        return VisitTerms(
            buffer_before_minutes=given["buffer_before_minutes"] or 0,
            buffer_after_minutes=given["buffer_after_minutes"] or 0,
            secretary_may_book="secretary" in given["booked_by"],
            online_may_book="online" in given["booked_by"],
            new_patients=given["new_patients"] or NewPatients.ANY,
            notice_minutes=(given["notice"] or 0) * int(given["notice_unit"] or _HOUR),
            place=given["place"] or Place.SITE,
            **{name: given[name] for name in same},
        )


def initial_of(kind: VisitType) -> dict[str, Any]:
    """Fill the form with a visit type; 2 queries."""
    names = VisitTypeForm.base_fields.keys() - {
        "booked_by",
        "notice",
        "notice_unit",
        "questions",
        "resources",
    }
    notice, unit = split_notice(kind.notice_minutes)
    return {name: getattr(kind, name) for name in names} | {
        "booked_by": [
            door
            for door, may in (("secretary", kind.secretary_may_book), ("online", kind.online_may_book))
            if may
        ],
        "notice": notice,
        "notice_unit": unit,
        "questions": "\n".join(question.text for question in kind.questions.all()),
        "resources": [resource.pk for resource in kind.resources.all()],
    }


class OfferForm(forms.Form):
    """A practitioner's own terms for a visit type; an empty field means "as the practice does"."""

    valid_from = fields.day(_("À partir du"), required=False)
    valid_until = fields.day(_("Jusqu’au (inclus)"), required=False)
    duration_minutes = fields.number(_("Durée"), least=5, most=480, step_size=5, required=False)
    buffer_before_minutes = fields.number(_("Libre avant"), least=0, most=120, step_size=5, required=False)
    buffer_after_minutes = fields.number(_("Libre après"), least=0, most=120, step_size=5, required=False)
    secretary_may_book = forms.ChoiceField(
        label=_("Le secrétariat le donne"), choices=_YES_NO, required=False
    )
    online_may_book = forms.ChoiceField(label=_("Pris en ligne"), choices=_YES_NO, required=False)
    new_patients = forms.ChoiceField(
        label=_("Pour qui"), choices=[("", _("comme le cabinet")), *NewPatients.choices], required=False
    )
    notice = fields.number(_("Délai minimal"), least=0, most=999, required=False)
    notice_unit = forms.ChoiceField(label=_("Unité"), choices=_UNITS, required=False, initial="60")
    horizon_days = fields.number(_("Au plus loin (jours)"), least=1, most=730, required=False)
    max_per_day = fields.number(_("Au plus par jour"), least=1, most=99, required=False)
    max_per_half_day = fields.number(_("Par demi-journée"), least=1, most=99, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self._word_plainly()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self._word_plainly()
        return found

    def _word_plainly(self) -> None:
        """Leave out "facultatif": the form says once that everything may stay empty."""
        fields.say_no_optional(self, *(name for name in self.fields if name != "valid_until"))

    @property
    def terms(self) -> OfferTerms:
        given = self.cleaned_data
        same = (
            "duration_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "new_patients",
            "horizon_days",
        )
        yes_no = {"": None, "1": True, "0": False}
        return OfferTerms(
            secretary_may_book=yes_no[given["secretary_may_book"]],
            online_may_book=yes_no[given["online_may_book"]],
            notice_minutes=None
            if given["notice"] is None
            else given["notice"] * int(given["notice_unit"] or _HOUR),
            max_per_day=given["max_per_day"],
            max_per_half_day=given["max_per_half_day"],
            **{name: given[name] for name in same},
        )


def initial_of_offer(offer: Any) -> dict[str, Any]:
    """Fill the form with a practitioner's terms."""
    names = OfferForm.base_fields.keys() - {"notice", "notice_unit", "secretary_may_book", "online_may_book"}
    notice, unit = split_notice(offer.notice_minutes)
    yes_no = {None: "", True: "1", False: "0"}
    return {name: getattr(offer, name) for name in names} | {
        "secretary_may_book": yes_no[offer.secretary_may_book],
        "online_may_book": yes_no[offer.online_may_book],
        "notice": notice,
        "notice_unit": unit,
    }


class ResourceForm(forms.Form):
    """A room or a machine."""

    name = forms.CharField(label=_("Nom"), max_length=60, error_messages=fields.REQUIRED)
    site = fields.place()
    is_active = forms.BooleanField(label=_("En service"), required=False, initial=True)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(practice=practice)  # type: ignore[attr-defined]


class PathwayForm(forms.Form):
    """A name, and up to five visits that follow one another."""

    STEPS = 5

    name = forms.CharField(label=_("Nom"), max_length=80, error_messages=fields.REQUIRED)
    is_active = forms.BooleanField(label=_("Proposé"), required=False, initial=True)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = VisitType.objects.filter(practice=practice, is_active=True)
        people = Practitioner.objects.filter(practice=practice, is_active=True)
        for n in range(self.STEPS):
            self.fields[f"visit_type_{n}"] = forms.ModelChoiceField(
                label=_("Motif"),
                queryset=kinds,
                required=False,
                empty_label="–",
                error_messages=fields.OF_THE_PRACTICE,
            )
            self.fields[f"practitioner_{n}"] = forms.ModelChoiceField(
                label=_("Praticien"),
                queryset=people,
                required=False,
                empty_label=_("qui reçoit"),
                error_messages=fields.OF_THE_PRACTICE,
            )
            self.fields[f"wait_{n}"] = fields.number(
                _("Attente au plus (min)"), least=0, most=1440, required=False, initial=60
            )
        if not self.is_bound:
            self._word_plainly()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self._word_plainly()
        return found

    def _word_plainly(self) -> None:
        """Leave out "facultatif": everybody sees that steps may stay empty."""
        fields.say_no_optional(self, *(name for name in self.fields if name[-1].isdigit()))

    @property
    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """Give each step's three fields, for the template."""
        return [
            (n, self[f"visit_type_{n}"], self[f"practitioner_{n}"], self[f"wait_{n}"])
            for n in range(self.STEPS)
        ]

    @property
    def steps(self) -> list[Step]:
        """Give the steps that name a visit type, in order."""
        given = self.cleaned_data
        return [
            Step(
                given[f"visit_type_{n}"],
                given[f"practitioner_{n}"],
                60 if given[f"wait_{n}"] is None else given[f"wait_{n}"],
            )
            for n in range(self.STEPS)
            if given[f"visit_type_{n}"] is not None
        ]
