"""Read a line's week and its closures, row by row; what is wrong keeps what was typed."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from decroche.calls.actions.save_plan import PlanChange
from decroche.calls.models import LineClosure, LineHours, Moment
from decroche.calls.queries_plans import is_unsaved
from decroche.calls.web.lines import words
from decroche.calls.web.lines.forms import CHOOSE, REQUIRED, StationForm
from decroche.calls.web.lines.page import LinePage
from decroche.calls.web.lines.picture import Span
from decroche.kernel.interval import local_day
from decroche.scheduling.domain.public_holidays import PublicHoliday, public_holidays
from decroche.scheduling.domain.week_words import WeekNotUnderstood, read_week

PROPOSED_DAYS: Final = 200
MOST_PERIODS: Final = 6
_DAY_MINUTES: Final = 1440
#: Usual weeks, as one would type them.
PRESETS: Final = ("lun-ven 8h30-12h30 / 14h-18h30", "lun-ven 8h-12h / 14h-19h, sam 9h-12h", "lun-ven 8h-20h")


@dataclass(slots=True)
class DayRow:
    """Hold one weekday of the form: the hours as typed, and what is wrong with them."""

    weekday: int
    name: str
    periods: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Return the periods to draw, one empty when there is none."""
        return self.periods or [("", "")]

    @property
    def spans(self) -> list[Span]:
        """Return what the band shows of what is typed."""
        found = []
        for starts, ends in self.periods:
            first, last = _minutes(starts), _minutes(ends)
            if first is not None and last is not None and (last or _DAY_MINUTES) > first:
                found.append(Span(first, (last or _DAY_MINUTES) - first))
        return found


def _minutes(text: str) -> int | None:
    read = _time(text)
    return None if read is None else read.hour * 60 + read.minute


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


class HoursForm(StationForm):
    """Read the week."""

    station = "hours"
    title = gettext_lazy("Horaires de la ligne")
    icon = "clock"
    done = gettext_lazy("Les horaires sont enregistrés.")
    lead = gettext_lazy(
        "Sans aucune plage, la ligne est ouverte à toute heure. La pause entre midi et deux est reconnue."
    )
    presets = PRESETS

    week = forms.CharField(label=gettext_lazy("Écrire la semaine"), required=False, max_length=300)
    follows_practitioners_leave = forms.BooleanField(
        label=gettext_lazy(
            "Suivre les absences : quand tous les praticiens sont absents, la ligne l’est aussi"
        ),
        required=False,
    )

    def __init__(self, data: Any = None, files: Any = None, *, page: LinePage) -> None:
        super().__init__(data, files, page=page)
        self.week_error = ""
        self.days = _typed_days(data) if isinstance(data, QueryDict) else _kept_days(page)

    def assist(self) -> bool:
        """Fill the rows as a button asks, without saving; say whether one did."""
        if "fill" in self.data:
            self._fill(self.data.get("fill") or self.data.get("week", ""))
            return True
        source = self.data.get("copy", "")
        if source in {"0", "1", "2", "3", "4", "5", "6"}:
            for row in self.days[:5]:
                row.periods = list(self.days[int(source)].periods)
            return True
        return False

    def _fill(self, text: str) -> None:
        self.amend(week=text)
        try:
            spans = read_week(text)
        except WeekNotUnderstood as unclear:
            self.week_error = _("« %(word)s » n’est pas compris. Exemple : lun-ven 9h-12h / 14h-18h.") % {
                "word": unclear.word or text
            }
            return
        for row in self.days:
            row.periods = [
                (f"{s.starts:%H:%M}", f"{s.ends:%H:%M}") for s in spans if s.weekday == row.weekday
            ]

    def relaxed(self) -> "HoursForm":
        """Return the same answers with nothing judged yet."""
        fresh = super().relaxed()
        assert isinstance(fresh, HoursForm)
        fresh.days, fresh.week_error = self.days, self.week_error
        return fresh

    def clean(self) -> dict[str, Any]:
        for row in self.days:
            row.error = _wrong(row.periods)
            if row.error:
                self.add_error(None, forms.ValidationError("", code="hours"))
        return super().clean() or self.cleaned_data

    def change(self) -> PlanChange:
        rows = [
            {"weekday": row.weekday, "starts": _time(starts), "ends": _time(ends)}
            for row in self.days
            for starts, ends in sorted(row.periods)
        ]
        follows = self.cleaned_data["follows_practitioners_leave"]
        return PlanChange({"follows_practitioners_leave": follows}, {"hours": rows})


def _typed_days(data: QueryDict) -> list[DayRow]:
    found = []
    for weekday, name in enumerate(words.DAYS):
        starts, ends = data.getlist(f"from-{weekday}"), data.getlist(f"to-{weekday}")
        pairs = [(a.strip(), b.strip()) for a, b in zip(starts, ends, strict=False)]
        found.append(DayRow(weekday, str(name), [pair for pair in pairs if any(pair)][: MOST_PERIODS + 1]))
    return found


def _kept_days(page: LinePage) -> list[DayRow]:
    rows: list[LineHours] = [] if is_unsaved(page.row) else list(page.row.hours.all())
    return [
        DayRow(
            weekday,
            str(name),
            [(f"{one.starts:%H:%M}", f"{one.ends:%H:%M}") for one in rows if one.weekday == weekday],
        )
        for weekday, name in enumerate(words.DAYS)
    ]


def _wrong(periods: list[tuple[str, str]]) -> str:
    """Say what is wrong with a day, or nothing."""
    if len(periods) > MOST_PERIODS:
        return _("%(most)s plages au plus dans une journée.") % {"most": MOST_PERIODS}
    spans = []
    for starts, ends in periods:
        first, last = _minutes(starts), _minutes(ends)
        if first is None or last is None:
            return _("Donnez le début et la fin, par exemple 9:00 et 12:00.")
        last = last or _DAY_MINUTES  # midnight ends a day
        if last <= first:
            return _("La fin (%(ends)s) vient après le début (%(starts)s).") % {
                "ends": ends,
                "starts": starts,
            }
        spans.append((first, last))
    spans.sort()
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        return _("Deux plages se chevauchent : réunissez-les.")
    return ""


# --- closures -------------------------------------------------------------------------------------------------------------


class ClosuresForm(StationForm):
    """Read one closure more; drop one; close on a public holiday."""

    station = "closures"
    title = gettext_lazy("Fermetures, jours fériés et congés")
    icon = "calendar-off"
    done = gettext_lazy("La fermeture est enregistrée.")

    moment = forms.ChoiceField(
        label=gettext_lazy("La ligne est alors"),
        choices=[
            (Moment.HOLIDAY, gettext_lazy("En congés ou jour férié")),
            (Moment.LEAVE, gettext_lazy("En absence du praticien")),
            (Moment.CLOSED, gettext_lazy("Fermée")),
        ],
        initial=Moment.HOLIDAY,
        error_messages=CHOOSE,
    )
    first_day = forms.DateField(
        label=gettext_lazy("Du"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=REQUIRED | {"invalid": gettext_lazy("Donnez une date, par exemple 24/11/2026.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Donnez une date, par exemple 24/11/2026.")},
    )
    label = forms.CharField(label=pgettext_lazy("closure", "Motif"), required=False, max_length=80)

    @property
    def closures(self) -> list[LineClosure]:
        """Return what is closed from today on."""
        rows = [] if is_unsaved(self.page.row) else list(self.page.row.closures.all())
        return [one for one in rows if one.ends_at > self.page.now]

    @property
    def proposals(self) -> list[PublicHoliday]:
        """Return the public holidays to come on which the line is not closed yet."""
        page = self.page
        today = page.local(page.now).date()
        site = page.line.site or page.practice.sites.filter(is_main=True).first()
        found = public_holidays(
            first=today,
            last=today + timedelta(days=PROPOSED_DAYS),
            postcode=site.postcode if site else "",
            department=page.practice.department,
        )
        return [one for one in found if one.day not in page.hours.holidays]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first = given.get("first_day")
        last = given.get("last_day") or first
        if first and last:
            if last < first:
                self.add_error("last_day", _("Le dernier jour vient après le premier."))
            elif (last - first).days > 366:  # noqa: PLR2004
                self.add_error("last_day", _("Une fermeture dure un an au plus."))
            given["last_day"] = last
        return given

    def change(self) -> PlanChange:
        given = self.cleaned_data
        more = self._row(given["first_day"], given["last_day"], given["moment"], given["label"])
        return PlanChange(rows={"closures": [*self._kept(), more]})

    def drop(self, pk: str) -> PlanChange | None:
        """Return what forgets a closure, or None when there is none of that id."""
        rows = [one for one in self._rows() if str(one.pk) != pk]
        if len(rows) == len(self._rows()):
            return None
        return PlanChange(rows={"closures": [_values(one) for one in rows]})

    def close_on(self, day: str) -> PlanChange | None:
        """Return what closes on a public holiday, or None when that day is none."""
        holiday = next((one for one in self.proposals if one.day.isoformat() == day), None)
        if holiday is None:
            return None
        more = self._row(holiday.day, holiday.day, Moment.HOLIDAY, holiday.name)
        return PlanChange(rows={"closures": [*self._kept(), more]})

    def close_on_all(self) -> PlanChange:
        """Return what closes on every public holiday that is proposed."""
        more = [self._row(one.day, one.day, Moment.HOLIDAY, one.name) for one in self.proposals]
        return PlanChange(rows={"closures": [*self._kept(), *more]})

    def _rows(self) -> list[LineClosure]:
        return [] if is_unsaved(self.page.row) else list(self.page.row.closures.all())

    def _kept(self) -> list[dict[str, Any]]:
        return [_values(one) for one in self._rows()]

    def _row(self, first: date, last: date, moment: str, label: str) -> dict[str, Any]:
        zone = self.page.practice.zone
        starts: datetime = local_day(first, zone).start
        return {
            "moment": moment,
            "starts_at": starts,
            "ends_at": local_day(last, zone).end,
            "label": label[:80],
        }


def _values(one: LineClosure) -> dict[str, Any]:
    return {"moment": one.moment, "starts_at": one.starts_at, "ends_at": one.ends_at, "label": one.label}
