"""Weave calls, appointments, messages and follow-ups together, so that each opens onto the others."""

import datetime as dt
import re
from dataclasses import dataclass, field
from random import Random

from decroche.demo.agendas import Booking
from decroche.demo.calls import PastCall
from decroche.demo.dice import dice_for
from decroche.demo.people import Person
from decroche.demo.plan import Cabinet
from decroche.demo.texts.notes import NOTES
from decroche.demo.texts.routine import routine
from decroche.demo.texts.shapes import Note, dated
from decroche.demo.typography import typeset
from decroche.kernel.phone import display

_SHE = re.compile(r"\b(elle|née|Elle|inquiète|placée|appelée)\b")
_HE = re.compile(r"\b(il|né|Il|inquiet|placé|opéré|Opéré|absent)\b")
_CHILD = re.compile(r"\b(parents|école|crèche|collège|végétations|le petit)\b")
_SOMEONE_ELSE = re.compile(r"\b(fille|fils|mère|père|sœur|mari|femme|maman|papa|voisin|frère|Fils)\b")


@dataclass(slots=True)
class Memo:
    """A message; people are logins, doctors and patients ranks in their practice."""

    cabinet: str
    doctor: int | None
    patient: int | None
    call: PastCall
    category: str
    urgent: bool
    body: str
    caller: str
    sent: dt.datetime
    answer: str = ""
    read: dt.datetime | None = None
    done: dt.datetime | None = None


@dataclass(slots=True)
class Weaver:
    """Ties one practice's week together."""

    cabinet: Cabinet
    people: list[Person]
    bookings: list[Booking]
    calls: list[PastCall]
    now: dt.datetime
    today: dt.date
    memos: list[Memo] = field(default_factory=list)

    def weave(self) -> None:
        """Link the calls to what came of them."""
        dice = dice_for("weave", self.cabinet.key, self.today)
        self._bookings(dice)
        self._cancellations(dice)
        self._notes(dice)

    def _bookings(self, dice: Random) -> None:
        """Let each call that booked be the one that took an appointment of that moment."""
        fresh = sorted((b for b in self.bookings if b.fresh), key=lambda b: b.created)
        for call in (c for c in self.calls if c.outcome == "booked"):
            at = _spoken(call)
            near = [
                b
                for b in fresh
                if b.call is None and b.starts > at and abs(b.created - at) < dt.timedelta(days=2)
            ]
            if not near:
                call.outcome = "information"
                continue
            booking = dice.choice(near[:40])
            booking.call, booking.created, booking.source = call, at, "phone"
            self._speak_for(call, booking.patient)

    def _cancellations(self, dice: Random) -> None:
        late = [
            b for b in self.bookings if b.status == "cancelled" and b.starts > self.now - dt.timedelta(days=5)
        ]
        dice.shuffle(late)
        for call in (c for c in self.calls if c.outcome == "cancelled"):
            at = _spoken(call)
            found = next((b for b in late if b.created < at < b.starts), None)
            if found is None:
                call.outcome = "information"
                continue
            late.remove(found)
            found.changed = at
            self._speak_for(call, found.patient)
        later = [b for b in self.bookings if b.status == "booked" and b.call is None and b.moved_from is None]
        dice.shuffle(later)
        for call in (c for c in self.calls if c.outcome == "moved"):
            at = _spoken(call)
            found = next((b for b in later if b.created < at - dt.timedelta(hours=5)), None)
            if found is None:
                call.outcome = "information"
                continue
            later.remove(found)
            found.changed, found.moved_from = (
                at,
                found.starts + dt.timedelta(days=dice.choice((-7, -3, -1, 1, 2, 7))),
            )
            self._speak_for(call, found.patient)

    def _speak_for(self, call: PastCall, patient: int, name: str = "") -> None:
        call.patient = patient
        if not name:
            call.caller, call.name = self.people[patient].phones[0][0], ""

    def _notes(self, dice: Random) -> None:
        """Write the practice's own messages on its latest calls, and everyday ones on the others."""
        calls = [c for c in self.calls if c.outcome == "message"]
        calls.sort(key=lambda call: call.arrived, reverse=True)
        waiting = [note for note in NOTES[self.cabinet.key] if not note.answer]
        settled = [note for note in NOTES[self.cabinet.key] if note.answer]
        # Urgent ones first: what waits for an answer at this very moment.
        waiting.sort(key=lambda note: not note.urgent)
        dice.shuffle(settled)
        open_calls = _pick(calls, len(waiting))
        for note, call in zip(waiting, open_calls, strict=False):
            self.memos.append(self._memo(note, call, dice))
        rest = [c for c in calls if c not in open_calls]
        for note, call in zip(settled, rest[2:], strict=False):
            self.memos.append(self._settled(self._memo(note, call, dice), dice))
        for call in rest[:2] + rest[2 + len(settled) :]:
            category, body = routine(dice)
            memo = self._memo(Note(category, body), call, dice)
            recent = self.now - memo.sent < dt.timedelta(hours=5)
            self.memos.append(memo if recent and dice.random() < 0.5 else self._settled(memo, dice))
        self._read_some(dice)

    def _read_some(self, dice: Random) -> None:
        """Of what is still open, let some be read: seen, but not yet done."""
        for memo in self.memos:
            age = self.now - memo.sent
            if memo.done is None and not memo.urgent and age > dt.timedelta(hours=7) and dice.random() < 0.6:
                memo.read = memo.sent + dt.timedelta(minutes=dice.randint(40, 400))

    def _settled(self, memo: Memo, dice: Random) -> Memo:
        fast = 1 if memo.urgent else 12
        memo.read = min(memo.sent + dt.timedelta(minutes=dice.randint(2, 25) * fast), self.now)
        memo.done = min(memo.read + dt.timedelta(minutes=dice.randint(1, 40) * fast), self.now)
        return memo

    def _memo(self, note: Note, call: PastCall, dice: Random) -> Memo:
        patient = self._patient_for(note, call, dice)
        self._speak_for(call, patient, note.from_colleague)
        person = self.people[patient]
        if note.from_colleague:
            call.name = typeset(note.from_colleague)
        body = dated(note.body, self.today)
        body = body.replace("{patient}", polite(person, self.today)).replace(
            "{born}", f"{person.birth_date:%d/%m/%Y}"
        )
        body = body.replace("{phone}", display(call.caller) if call.caller else display(person.phones[0][0]))
        first = body[0].upper() + body[1:]
        sent = _spoken(call) + dt.timedelta(seconds=dice.randint(5, 30))
        doctors = len(self.cabinet.doctors)
        to_all = doctors > 1 and note.category == "document" and dice.random() < 0.3
        return Memo(
            cabinet=self.cabinet.key, doctor=None if to_all else patient % doctors, patient=patient, call=call,
            category=note.category, urgent=note.urgent, body=first, caller=call.name, sent=min(sent, self.now),
            answer=typeset(note.answer),
        )  # fmt: skip

    def _patient_for(self, note: Note, call: PastCall, dice: Random) -> int:
        """Return somebody whom the words fit: a woman where it says "elle"."""
        wanted = _sex_of(note.body)
        if (
            call.patient is not None
            and wanted in {"", self.people[call.patient].sex}
            and not _CHILD.search(note.body)
        ):
            return call.patient
        young = bool(_CHILD.search(note.body)) or self.cabinet.ages == "children"
        grown = [rank for rank, person in enumerate(self.people) if (person.age(self.today) < 16) == young]
        grown = grown or list(range(len(self.people)))
        fitting = [rank for rank in grown if wanted in {"", self.people[rank].sex}]
        return dice.choice(fitting or grown)  # a midwife's patients are all women, whatever the words say


def polite(person: Person, today: dt.date) -> str:
    """Return "Mme LE GOFF", or a child's first name and surname."""
    if person.age(today) < 15:
        return f"{person.first_names.split()[0]} {person.last_name.upper()}"
    return f"{'M.' if person.sex == 'M' else 'Mme'} {person.last_name.upper()}"


def _sex_of(text: str) -> str:
    if _SOMEONE_ELSE.search(text):
        return ""
    return "F" if _SHE.search(text) else "M" if _HE.search(text) else ""


def _spoken(call: PastCall) -> dt.datetime:
    """Return a moment well inside the conversation."""
    start = call.answered or call.arrived
    return start + ((call.ended or start) - start) * 0.8


def _pick(calls: list[PastCall], count: int) -> list[PastCall]:
    """Return calls for what is still open: mostly the latest, then some of days ago, which makes them overdue."""
    late = max(0, min(3, count - 3))
    recent = calls[: count - late]
    old = calls[len(calls) // 2 : len(calls) // 2 + late]
    return [*recent, *(call for call in old if call not in recent)]
