"""Read the menu, the teams and what a line does when it is not open: forms with rows of choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.actions.save_plan import PlanChange
from decroche.calls.domain.callway import KEYS
from decroche.calls.models import Action, LineKind, Moment, Urgency
from decroche.calls.queries_plans import is_unsaved
from decroche.calls.web.lines import words
from decroche.calls.web.lines.forms import CHOOSE, SoundForm, StationForm, shown_number, telephone
from decroche.calls.web.lines.page import LinePage
from decroche.kernel import phone

MOST_STEPS: Final = 5
MOST_SECONDS: Final = 1800
_ROW: Final = ("digit", "label", "action", "team", "urgency", "number", "text")


@dataclass(slots=True)
class Row:
    """Hold one row as typed, and what is wrong with it by field."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


def typed_rows(data: QueryDict, names: tuple[str, ...]) -> list[Row]:
    """Return the rows of parallel fields, those left empty aside."""
    columns = [data.getlist(f"row-{name}") for name in names]
    return [
        Row(dict(zip(names, (value.strip() for value in values), strict=True)))
        for values in zip(*columns, strict=False)
    ]


class MenuForm(SoundForm):
    """Read the menu: what is said, and where each key leads."""

    station = "menu"
    title = gettext_lazy("Menu")
    icon = "list-checks"
    most = 500
    text_needed = False
    done = gettext_lazy("Le menu est enregistré.")
    lead = gettext_lazy("Demandé quand la ligne est ouverte. Qui ne touche rien passe aux secrétaires.")
    keys = tuple("1234567890*#")
    actions = Action.choices
    urgencies = Urgency.choices
    emergency = words.EMERGENCY

    def __init__(self, data: Any = None, files: Any = None, *, page: LinePage) -> None:
        super().__init__(data, files, page=page)
        self.rows = typed_rows(data, _ROW) if isinstance(data, QueryDict) else _kept_choices(page)

    def read(self, page: LinePage) -> dict[str, Any]:
        return self.shown(page.row.menu_text, page.row.menu_sound)

    @property
    def is_unsafe(self) -> bool:
        """Say whether nobody is told whom to call in danger."""
        how = self["how"].value()
        return how in {None, "", "spoken"} and not words.has_emergency_words(str(self["text"].value() or ""))

    def assist(self) -> bool:
        """Add or take a row, or the emergency sentence, without saving; say whether a button asked."""
        if "add" in self.data:
            used = {row.values["digit"] for row in self.rows}
            free = next((key for key in self.keys if key not in used), "")
            self.rows.append(Row(dict.fromkeys(_ROW, "") | {"digit": free, "action": Action.TEAM.value}))
            return True
        if "drop" in self.data:
            at = self.data["drop"]
            self.rows = [row for number, row in enumerate(self.rows) if str(number) != at]
            return True
        if "emergency" in self.data:
            self.amend(text=f"{words.EMERGENCY} {self.data.get('text', '')}".strip())
            return True
        return False

    def relaxed(self) -> "MenuForm":
        """Return the same answers with nothing judged yet."""
        fresh = super().relaxed()
        assert isinstance(fresh, MenuForm)
        fresh.rows = self.rows
        return fresh

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.rows = [
            row for row in self.rows if row.values["label"] or row.values["number"] or row.values["text"]
        ]
        for row in self.rows:
            row.errors = self._wrong(row)
        if any(row.errors for row in self.rows):
            self.add_error(None, forms.ValidationError("", code="rows"))
        if self.rows and not given.get("text") and not given.get("sound") and not self.errors:
            self.add_error("text", _("Écrivez ce que l’appelant entendra avant de choisir une touche."))
        return given

    def _wrong(self, row: Row) -> dict[str, str]:
        found, values = {}, row.values
        if values["digit"] not in KEYS or not values["digit"]:
            found["digit"] = _("Choisissez une touche.")
        elif sum(other.values["digit"] == values["digit"] for other in self.rows) > 1:
            found["digit"] = _("La touche %(key)s sert deux fois.") % {"key": values["digit"]}
        if not values["label"]:
            found["label"] = _("Dites à quoi sert cette touche.")
        elif len(values["label"]) > 80:  # noqa: PLR2004
            found["label"] = _("80 caractères au plus.")
        found |= self._wrong_action(values)
        if values["urgency"] and values["urgency"] not in {str(one.value) for one in Urgency}:
            found["action"] = str(CHOOSE["invalid_choice"])
        if values["team"] and values["team"] not in {str(team.pk) for team in self.page.teams}:
            found["team"] = str(CHOOSE["invalid_choice"])
        return found

    def _wrong_action(self, values: Mapping[str, str]) -> dict[str, str]:
        match values["action"]:
            case Action.MESSAGE if not values["text"]:
                return {"text": _("Écrivez ce que l’appelant entendra.")}
            case Action.MESSAGE if len(values["text"]) > self.most:
                return {"text": _("%(most)s caractères au plus.") % {"most": self.most}}
            case Action.NUMBER if (
                phone.parse_or_none(values["number"], region=self.page.practice.country_code) is None
            ):
                return {"number": _("Ce numéro n’est pas complet. Exemple : 06 12 34 56 78.")}
            case Action.FALLBACK if not self.page.line.fallback_number:
                return {"action": _("Indiquez d’abord un numéro de secours.")}
            case action if action not in set(Action):
                return {"action": str(CHOOSE["invalid_choice"])}
        return {}

    def change(self) -> PlanChange:
        region = self.page.practice.country_code
        rows = [
            {
                "digit": v["digit"],
                "label": v["label"],
                "action": v["action"],
                "team_id": int(v["team"]) if v["team"] and v["action"] == Action.TEAM else None,
                "urgency": int(v["urgency"] or 0),
                "text": v["text"] if v["action"] == Action.MESSAGE else "",
                "number": phone.parse(v["number"], region=region) if v["action"] == Action.NUMBER else "",
            }
            for v in (row.values for row in self.rows)
        ]
        return PlanChange(
            {"menu_text": self.cleaned_data["text"], "menu_sound": self.stored}, {"choices": rows}
        )


def _kept_choices(page: LinePage) -> list[Row]:
    rows = [] if is_unsaved(page.row) else list(page.row.choices.all())
    return [
        Row(
            {
                "digit": one.digit,
                "label": one.label,
                "action": one.action,
                "team": str(one.team_id or ""),
                "urgency": str(one.urgency),
                "number": shown_number(one.number),
                "text": one.text,
            }
        )
        for one in rows
    ]


class TeamForm(StationForm):
    """Read which teams answer, and after how long each joins."""

    station = "team"
    title = gettext_lazy("Équipes")
    icon = "headset"
    done = gettext_lazy("Les équipes sont enregistrées.")
    lead = gettext_lazy(
        "Sans équipe, toutes les secrétaires qui ont un mandat peuvent répondre dès l’arrivée."
    )

    def __init__(self, data: Any = None, files: Any = None, *, page: LinePage) -> None:
        super().__init__(data, files, page=page)
        self.rows = typed_rows(data, ("team", "after")) if isinstance(data, QueryDict) else _kept_steps(page)

    def assist(self) -> bool:
        """Add or take a step without saving; say whether a button asked."""
        if "add" in self.data:
            self.rows.append(Row({"team": "", "after": "30" if self.rows else "0"}))
            return True
        if "drop" in self.data:
            self.rows = [row for number, row in enumerate(self.rows) if str(number) != self.data["drop"]]
            return True
        return False

    def relaxed(self) -> "TeamForm":
        """Return the same answers with nothing judged yet."""
        fresh = super().relaxed()
        assert isinstance(fresh, TeamForm)
        fresh.rows = self.rows
        return fresh

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.rows = [row for row in self.rows if row.values["team"]][: MOST_STEPS + 1]
        known = {str(team.pk) for team in self.page.teams}
        teams = [row.values["team"] for row in self.rows]
        for row in self.rows:
            after = row.values["after"] or "0"
            if row.values["team"] not in known:
                row.errors["team"] = str(CHOOSE["invalid_choice"])
            elif teams.count(row.values["team"]) > 1:
                row.errors["team"] = _("Cette équipe est déjà dans la liste.")
            if not (after.isascii() and after.isdigit() and len(after) < 6 and int(after) <= MOST_SECONDS):  # noqa: PLR2004
                row.errors["after"] = _("Un nombre de secondes, de 0 à %(most)s.") % {"most": MOST_SECONDS}
        if len(self.rows) > MOST_STEPS:
            self.rows[-1].errors["team"] = _("%(most)s équipes au plus.") % {"most": MOST_STEPS}
        if any(row.errors for row in self.rows):
            self.add_error(None, forms.ValidationError("", code="rows"))
        elif self.rows and all(int(row.values["after"] or 0) for row in self.rows):
            self.rows[0].errors["after"] = _("Une équipe au moins répond dès l’arrivée : 0 seconde.")
            self.add_error(None, forms.ValidationError("", code="rows"))
        return given

    def change(self) -> PlanChange:
        steps = [
            {"team_id": int(row.values["team"]), "after_seconds": int(row.values["after"] or 0)}
            for row in self.rows
        ]
        return PlanChange(rows={"steps": sorted(steps, key=lambda step: step["after_seconds"])})


def _kept_steps(page: LinePage) -> list[Row]:
    rows = [] if is_unsaved(page.row) else list(page.row.team_steps.all())
    return [Row({"team": str(one.team_id), "after": str(one.after_seconds)}) for one in rows]


class MomentForm(SoundForm):
    """Read what a line does when it is not open."""

    USUAL: Final = "usual"
    icon = "moon"
    most = 500
    text_needed = False
    done = gettext_lazy("C’est enregistré pour ce moment.")
    moment = Moment.CLOSED

    action = forms.ChoiceField(
        label=gettext_lazy("Que devient l’appelant ?"),
        choices=[
            (USUAL, gettext_lazy("Comme quand personne ne répond")),
            *[(a.value, a.label) for a in Action],
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    number = forms.CharField(label=gettext_lazy("Numéro"), required=False, max_length=40,
                             widget=forms.TextInput(attrs={"inputmode": "tel"}))  # fmt: skip

    def read(self, page: LinePage) -> dict[str, Any]:
        rows = [] if is_unsaved(page.row) else list(page.row.treatments.all())
        row = next((one for one in rows if one.moment == self.moment), None)
        if row is None:
            return {"action": self.USUAL} | self.shown("", "")
        return {"action": row.action, "number": shown_number(row.number)} | self.shown(row.text, row.sound)

    def clean_number(self) -> str:
        return telephone(self, "number") if self.cleaned_data.get("action") == Action.NUMBER else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        action = given.get("action")
        says = bool(given.get("text") or given.get("sound"))
        if action == Action.MESSAGE and self.page.row.kind == LineKind.EMERGENCY:
            self.add_error(
                "action", _("Une ligne d’urgence ne raccroche jamais : choisissez une autre issue.")
            )
        elif action == Action.MESSAGE and not says and not self.errors:
            self.add_error("text", _("Écrivez ce que l’appelant entendra."))
        elif action == Action.NUMBER and not given.get("number") and "number" not in self.errors:
            self.add_error("number", _("Indiquez le numéro à appeler."))
        elif action == Action.FALLBACK and not self.page.line.fallback_number:
            self.add_error("action", _("Indiquez d’abord un numéro de secours."))
        elif action == Action.VOICEMAIL and not self.page.row.has_voicemail:
            self.add_error("action", _("La messagerie de cette ligne est coupée : rouvrez-la d’abord."))
        return given

    def change(self) -> PlanChange:
        given, page = self.cleaned_data, self.page
        rows = [] if is_unsaved(page.row) else list(page.row.treatments.all())
        others = [
            {
                "moment": one.moment,
                "action": one.action,
                "text": one.text,
                "sound": one.sound,
                "number": one.number,
            }
            for one in rows
            if one.moment != self.moment
        ]
        if given["action"] == self.USUAL:
            return PlanChange(rows={"treatments": others})
        mine = {
            "moment": self.moment,
            "action": given["action"],
            "text": given["text"],
            "sound": self.stored,
            "number": given["number"],
        }
        return PlanChange(rows={"treatments": [*others, mine]})


class LunchForm(MomentForm):
    """Read what the line does at lunch."""

    station, moment, icon = "moment-lunch", Moment.LUNCH, "coffee"
    title = gettext_lazy("Pendant la pause de midi")


class ClosedForm(MomentForm):
    """Read what the line does when it is closed."""

    station, moment = "moment-closed", Moment.CLOSED
    title = gettext_lazy("Quand la ligne est fermée")


class HolidayForm(MomentForm):
    """Read what the line does on holidays."""

    station, moment, icon = "moment-holiday", Moment.HOLIDAY, "calendar-off"
    title = gettext_lazy("Jours fériés et congés")


class LeaveForm(MomentForm):
    """Read what the line does when the practitioner is away."""

    station, moment, icon = "moment-leave", Moment.LEAVE, "user-x"
    title = gettext_lazy("En absence du praticien")
