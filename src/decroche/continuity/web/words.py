"""Word what became of a line written offline."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from decroche.continuity.domain.reconcile import Verdict
from decroche.continuity.models import Capture
from decroche.continuity.queries.captures import JudgedCapture
from decroche.patients.models import Patient
from decroche.practices.models import Practice
from decroche.scheduling.models import Appointment
from decroche.ui.formats import clock, short_datetime

_BADGES = {
    Verdict.CLEAR: "badge-talk",
    Verdict.ALREADY: "badge-calm",
    Verdict.READ: "badge-blue",
    Verdict.WHO: "badge-wait",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the list shows it."""

    capture: Capture
    verdict: str
    verdict_word: str
    badge: str
    sentence: str
    name: str
    practitioner_name: str
    local_start: datetime | None
    can_settle: bool
    settle_word: str
    patients: list[Patient]
    may_register: bool
    elsewhere: str


def row_of(found: JudgedCapture, practice: Practice) -> Row:
    """Prepare one line for the screen."""
    capture, zone = found.capture, ZoneInfo(practice.timezone)
    start = capture.starts_at.astimezone(zone) if capture.starts_at else None
    name = f"{capture.last_name} {capture.first_names}".strip()
    if capture.appointment and capture.appointment.patient:
        name = capture.appointment.patient.display_name
    choose = found.verdict == Verdict.WHO or (found.verdict == Verdict.CLEAR and len(found.patients) == 1)
    return Row(
        capture=capture,
        verdict=found.verdict,
        verdict_word=_verdict_word(found.verdict),
        badge=_BADGES.get(found.verdict, "badge-wait"),
        sentence=_sentence(found, zone),
        name=name,
        practitioner_name=capture.practitioner.display_name if capture.practitioner else "",
        local_start=start,
        can_settle=found.verdict in {Verdict.CLEAR, Verdict.ALREADY}
        or (found.verdict == Verdict.WHO and bool(found.patients)),
        settle_word=_("C’est fait") if found.verdict == Verdict.ALREADY else pgettext("offline", "Reprendre"),
        patients=found.patients if capture.kind == Capture.Kind.BOOK and choose else [],
        may_register=found.may_register,
        elsewhere=_elsewhere(found, practice, start),
    )


def _elsewhere(found: JudgedCapture, practice: Practice, start: datetime | None) -> str:
    """Give the agenda of the day in question, for what a person must arrange there."""
    if found.verdict in {Verdict.CLEAR, Verdict.ALREADY, Verdict.READ}:
        return ""
    at = start or (found.standing.starts_at.astimezone(practice.zone) if found.standing else None)
    base = reverse("agenda:page", args=[practice.pk])
    return f"{base}?date={at.date().isoformat()}" if at else base


def _verdict_word(verdict: Verdict) -> str:
    return {
        Verdict.CLEAR: _("sans question"),
        Verdict.ALREADY: _("déjà dans l’agenda"),
        Verdict.TAKEN: _("créneau pris"),
        Verdict.CLOSED: _("fermé"),
        Verdict.CHANGED: _("changé depuis"),
        Verdict.GONE: _("n’existe plus"),
        Verdict.WHO: _("qui est-ce ?"),
        Verdict.READ: _("à lire"),
    }[verdict]


def verdict_sentence(verdict: Verdict) -> str:
    """Say why a line cannot be taken as it stands."""
    return {
        Verdict.CLEAR: "",
        Verdict.READ: "",
        Verdict.ALREADY: _("L’agenda le dit déjà : il n’y a rien à refaire."),
        Verdict.TAKEN: _(
            "Ce temps a été donné à quelqu’un d’autre pendant la coupure. Rappelez l’un des deux."
        ),
        Verdict.CLOSED: _(
            "Le praticien ne reçoit pas à cette heure-là. Donnez un autre créneau, ou forcez-le."
        ),
        Verdict.CHANGED: _(
            "Ce rendez-vous a changé depuis que la page a été scellée. Voyez ce qu’il en est."
        ),
        Verdict.GONE: _("Ce rendez-vous n’existe plus."),
        Verdict.WHO: _("Il manque de quoi reconnaître le patient : nom, prénom et date de naissance."),
    }[verdict]


def _sentence(found: JudgedCapture, zone: ZoneInfo) -> str:
    if found.verdict == Verdict.WHO and found.patients:
        return _("Plusieurs personnes portent ce nom ce jour-là : choisissez.")
    if found.verdict == Verdict.CHANGED and found.standing:
        local = found.standing.starts_at.astimezone(zone)
        state = Appointment.State(found.standing.status).label
        return _("Il est maintenant : %(state)s, %(when)s.") % {
            "state": state,
            "when": short_datetime(local, this_year=local.year),
        }
    if found.verdict == Verdict.TAKEN and found.capture.starts_at:
        at = clock(found.capture.starts_at.astimezone(zone))
        return f"{at}\u202f: " + verdict_sentence(found.verdict)
    return verdict_sentence(found.verdict)
