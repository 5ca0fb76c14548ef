"""Answer "mardi 10 h 30 ?" at once: free and held, or why not and what is nearest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.domain.asking import Answer, Order, Why
from decroche.scheduling.models import AgendaSettings, Appointment, VisitType
from decroche.scheduling.queries import explain, open_slots
from decroche.scheduling.queries.of_patient import PatientInAgenda
from decroche.scheduling.queries.slots import Slot
from decroche.scheduling.web import asked, booking, strip, typed_time
from decroche.scheduling.web.choice import Choice, weekday_names
from decroche.scheduling.web.strip import INCOMPLETE, LISTED, Listing
from decroche.scheduling.web.typed_words import Wanted
from decroche.scheduling.web.words import why_sentence
from decroche.ui.formats import short_date, short_datetime

#: How many practitioners are asked one by one about a single moment.
MOST_ASKED = 12
BEFORE, AROUND_DAYS = 4, 7
_TAKEN = {Why.TAKEN, Why.HELD, Why.BUFFER, Why.SESSION_FULL}


@dataclass(frozen=True, slots=True)
class _Question:
    """One moment, asked of some practitioners."""

    practice: Practice
    kind: VisitType
    choice: Choice
    known: PatientInAgenda | None
    moving: Appointment | None
    hold: int | None
    at: datetime
    now: datetime


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def ask(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Read a time typed as it is said; posted, since anything may be typed."""
    practice = get_object_or_404(Practice, pk=practice_id)
    values, now = request.POST, clock_now()
    text = values.get("q", "").strip()[: typed_time.LONGEST]
    moving = strip.moving_in(practice, values)
    kind = moving.visit_type if moving else strip.asked_type(practice, values)
    if kind is None:
        return strip.rest(request, practice)
    known = strip.patient_asked(practice, values, moving)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    wanted = typed_time.read(text, now=now.astimezone(ZoneInfo(practice.timezone)))
    before = strip.choice_of(practice, values, known, people, now)
    choice = before.with_words(wanted, people)
    wish = Listing(practice, values, kind=kind, choice=choice, known=known)
    unread = _unread(text, wanted, named=choice.practitioner_ids != before.practitioner_ids)
    if unread:
        wish.choice, wish.typed, wish.sentence, wish.status = before, text, unread, INCOMPLETE
        return strip.listing(request, wish)
    if wanted.day is None or wanted.at is None:
        wish.choice = _about(choice, wanted)
        return strip.listing(request, wish)
    at = _moment(wanted.day, wanted.at, practice)
    choice = replace(choice, first_day=before.first_day, last_day=before.last_day, weekdays=before.weekdays)
    hold = asked.number(values, "hold")
    question = _Question(practice, kind, replace(choice, around=None), known, moving, hold, at, now)
    return _answer(request, question, _asked_people(people, choice, known, moving), text)


def _unread(text: str, wanted: Wanted, *, named: bool) -> str:
    """Say what could not be read, or nothing."""
    numbers = [word for word in wanted.rest if word[0].isdigit()]
    if wanted.wrong_weekday is not None:
        day = wanted.day or wanted.since or wanted.until or wanted.around
        if day is not None:
            return _("Le %(date)s n’est pas un %(weekday)s. Quel jour voulait-on dire ?") % {
                "date": short_date(day, this_year=day.year),
                "weekday": weekday_names()[wanted.wrong_weekday],
            }
    if numbers:
        return _("« %(words)s » n’est ni un jour ni une heure. Corrigez, puis Entrée.") % {
            "words": numbers[0]
        }
    if wanted.is_empty and not named:
        return _(
            "« %(words)s » : je n’y lis ni jour ni heure. Par exemple : mardi 10h30, demain 9h, jeudi matin."
        ) % {"words": text}
    return ""


def _about(choice: Choice, wanted: Wanted) -> Choice:
    """Narrow the list to the hour that was said without a single day ("mardi ou jeudi, 10 h")."""
    if wanted.at is None:
        return choice
    end = (datetime.combine(date.min, wanted.at) + timedelta(hours=1)).time()
    return replace(choice, after=wanted.at, before=end if end > wanted.at else time(23, 59))


def _moment(day: date, at: time, practice: Practice) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(practice.timezone))


def _asked_people(
    people: Iterable[Practitioner],
    choice: Choice,
    known: PatientInAgenda | None,
    moving: Appointment | None,
) -> list[Practitioner]:
    """Give whom to ask: those wished for, else all; the one whom it would leave first when an appointment moves."""
    wanted = [
        person for person in people if not choice.practitioner_ids or person.pk in choice.practitioner_ids
    ]
    open_to = [person for person in wanted if known is None or person.pk not in known.blocks]
    first = moving.practitioner_id if moving else None
    return sorted(open_to or wanted, key=lambda person: person.pk != first)[:MOST_ASKED]


def _answer(
    request: PersonRequest, question: _Question, people: Sequence[Practitioner], text: str
) -> HttpResponse:
    """Hold the first who is free then; else say why not, and list the nearest before and after."""
    length = question.moving.ends_at - question.moving.starts_at if question.moving else None
    answers = []
    for person in people:
        answer = explain(
            practitioner=person,
            visit_type=question.kind,
            starts_at=question.at,
            ends_at=question.at + length if length else None,
            now=question.now,
            asker=strip.asker_for(question.choice, question.known, person),
            but=question.moving.pk if question.moving else question.hold,
        )
        if answer.is_free and answer.site_id is not None:
            site = Site.objects.get(pk=answer.site_id)
            return booking.take(request, question.practice, person, site, question.at)
        answers.append((person, answer))
    wish = Listing(
        question.practice,
        request.POST,
        kind=question.kind,
        choice=question.choice,
        known=question.known,
        typed=text,
        sentence=_sentence([answer for _person, answer in answers], question),
        found=nearest(question, people),
        extra={"asked_at": question.at},
    )
    past = all(answer.why == Why.PAST for _person, answer in answers)
    if answers and not past:
        wish.refused = forced_key(answers, question.practice, question.at)
    return strip.listing(request, wish)


def _sentence(answers: Sequence[Answer], question: _Question) -> str:
    """Say why nobody is free then: the reason itself for one; for several how many, and what they share."""
    if not answers:
        return _("Aucun praticien ne peut être demandé.")
    local = question.at.astimezone(ZoneInfo(question.practice.timezone))
    if len(answers) == 1:
        return why_sentence(answers[0])
    said = ngettext(
        "%(when)s : aucun des %(count)s praticiens n’est libre.",
        "%(when)s : aucun des %(count)s praticiens n’est libre.",
        len(answers),
    )
    when = short_datetime(local, this_year=question.now.year)
    words = said % {"when": when[:1].upper() + when[1:], "count": len(answers)}
    reasons = {answer.why for answer in answers}
    # One reason that all of them share is worth saying; somebody else's appointment is not.
    return f"{words} {why_sentence(answers[0])}" if len(reasons) == 1 and not reasons & _TAKEN else words


def nearest(question: _Question, people: Sequence[Practitioner]) -> list[Slot]:
    """Give the free slots closest to the moment: up to four before it, the rest after, in order of time."""
    at, found = question.at, []
    for days in (1, AROUND_DAYS):
        start = max(question.now, at - timedelta(days=days))
        if start < at:
            found = _slots(question, people, start, limit=200, suits=lambda start: start < at, days=days)
        if found or start == question.now:
            break
    before = found[-BEFORE:]
    after = _slots(question, people, max(at, question.now), limit=LISTED - len(before), suits=None, days=182)
    return before + [slot for slot in after if slot not in before]


def _slots(
    question: _Question,
    people: Sequence[Practitioner],
    start: datetime,
    *,
    limit: int,
    suits: object,
    days: int,
) -> list[Slot]:
    sides: dict[bool | None, list[Practitioner]] = {}
    for person in people:
        sides.setdefault(strip.is_new_for(question.choice, question.known, person), []).append(person)
    found: list[Slot] = []
    for is_new, group in sides.items():
        found += open_slots(
            practitioners=group,
            visit_type=question.kind,
            start=start,
            now=question.now,
            limit=limit,
            horizon_days=days,
            suits=suits,  # type: ignore[arg-type]
            asker=replace(question.choice.asker(), is_new_patient=is_new),
            order=Order.TIME,
        )
    return sorted(found, key=lambda slot: slot.starts_at)[:limit]


def forced_key(answers: Sequence[tuple[Practitioner, Answer]], practice: Practice, at: datetime) -> str:
    """Name the refused time as a cell's key: of the practitioner asked first, where they receive."""
    person, answer = answers[0]
    site_id = answer.site_id or usual_site(person, practice)
    return f"{person.pk}.{site_id}.{int(at.timestamp()) // 60}" if site_id else ""


def usual_site(person: Practitioner, practice: Practice) -> int | None:
    """Give where a practitioner usually receives: as set, else the practice's main site; 2 queries at most."""
    chosen = (
        AgendaSettings.objects.filter(practitioner=person).values_list("default_site_id", flat=True).first()
    )
    if chosen is not None:
        return int(chosen)
    site = (
        Site.objects.filter(practice=practice).order_by("-is_main", "pk").values_list("pk", flat=True).first()
    )
    return int(site) if site is not None else None


def typed_in(values: QueryDict) -> str:
    """Give what was typed, to be kept in its field."""
    return values.get("q", "").strip()[: typed_time.LONGEST]
