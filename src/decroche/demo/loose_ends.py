"""Follow-ups: lost callers, voicemails, what practitioners answered, and things to do before tonight."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from decroche.demo.calls import PastCall
from decroche.demo.dice import dice_for
from decroche.demo.plan import Cabinet
from decroche.demo.texts.reminders import ANSWERS, CALLBACKS, RESULT_NOTES, TASKS, VOICEMAILS
from decroche.demo.texts.shapes import dated
from decroche.demo.typography import typeset
from decroche.demo.weave import Memo

_PARIS = ZoneInfo("Europe/Paris")


def _is_lost(call: PastCall) -> bool:
    """Say whether somebody is owed a call: they spoke to the machine, or gave up after a real wait."""
    waited = ((call.ended or call.arrived) - call.arrived).total_seconds()
    return call.reason == "voicemail" or (call.reason == "abandoned" and waited >= 20)


def _in_hours(at: dt.datetime) -> dt.datetime:
    """Return ``at``, or the next morning on which a secretary has time for call-backs."""
    local = at.astimezone(_PARIS)
    closes = 13 if local.weekday() == 5 else 19
    if local.weekday() == 6 or local.hour >= closes:
        local = (local + dt.timedelta(days=1)).replace(hour=8, minute=local.minute)
        local += dt.timedelta(days=1 if local.weekday() == 6 else 0)
    elif local.hour < 8:
        local = local.replace(hour=8)
    return local.astimezone(dt.UTC)


@dataclass(slots=True)
class Thread:
    """A follow-up; ``hand`` is the login of whoever has it in hand."""

    cabinet: str
    kind: str
    body: str
    due: dt.datetime
    created: dt.datetime
    patient: int | None = None
    call: PastCall | None = None
    number: str = ""
    name: str = ""
    hand: str = ""
    done: dt.datetime | None = None
    result: str = ""
    result_note: str = ""
    tries: list[tuple[dt.datetime, str, str]] = field(default_factory=list)  # when, by whom, what came of it
    rang: int = 1
    seconds: int = 0
    urgent: bool = False


class LooseEnds:
    """Finds what remains to be done, practice by practice; each written text serves once in the whole house."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._dice = dice_for("loose ends", now.date())
        self._decks = {
            "callback": self._deck(CALLBACKS),
            "voicemail": self._deck(VOICEMAILS),
            "message": self._deck(ANSWERS),
            "other": self._deck(TASKS),
        }

    def _deck(self, texts: tuple[str, ...]) -> list[str]:
        deck = list(texts)
        self._dice.shuffle(deck)
        return deck

    def threads(
        self, cabinet: Cabinet, calls: list[PastCall], memos: list[Memo], logins: list[str]
    ) -> list[Thread]:
        """Return the follow-ups of a practice; those of the last hours are still open."""
        zone = ZoneInfo(cabinet.zone)
        today = self.now.astimezone(zone).date()
        dice = dice_for("threads", cabinet.key, today)
        found = [self._lost(call, dice, logins) for call in calls if call.caller and _is_lost(call)]
        found += self._written(cabinet, calls, dice, zone)
        found += self._answered(cabinet, memos, zone)
        return found

    def _lost(self, call: PastCall, dice: Random, logins: list[str]) -> Thread:
        ended = call.ended or call.arrived
        if call.reason == "voicemail":
            seconds = next(
                (step.detail["seconds"] for step in call.steps if step.kind == "voicemail_left"), 20
            )
            body = f"Message vocal de {seconds} s."
        else:
            body = f"A raccroché après {int((ended - call.arrived).total_seconds())} s."
        thread = Thread(
            call.cabinet, "voicemail" if call.reason == "voicemail" else "callback", typeset(body),
            ended + dt.timedelta(minutes=45), ended, call.patient, call, call.caller, call.name,
        )  # fmt: skip
        if call.reason == "voicemail":
            thread.seconds = int(str(seconds))
        done = _in_hours(ended + dt.timedelta(minutes=dice.randint(6, 150)))
        if done < self.now:
            self._close(thread, done, dice, logins)
        else:
            self._still_open(thread, logins)
        return thread

    def _still_open(self, thread: Thread, logins: list[str]) -> None:
        """Let some have rung more than once, and some have been tried in vain."""
        dice = dice_for("still open", thread.cabinet, thread.created.isoformat())
        age = self.now - thread.created
        thread.urgent = thread.kind == "callback" and dice.random() < 0.08
        if dice.random() < 0.3:
            thread.rang = dice.choice((2, 2, 3))
        if age > dt.timedelta(hours=1) and dice.random() < 0.45:
            for n in range(dice.choice((1, 1, 2))):
                at = _in_hours(thread.created + age * (0.35 + 0.25 * n))
                if at < self.now:
                    thread.tries.append((at, dice.choice(logins), "no_answer"))

    def _close(self, thread: Thread, done: dt.datetime, dice: Random, logins: list[str]) -> None:
        thread.done, thread.hand = done, dice.choice(logins)
        vain = dice.choice((0, 0, 1, 2))
        thread.result = dice.choices(
            ("reached", "left_message", "unreachable", "not_needed"), (58, 18, 12, 12)
        )[0]
        thread.result_note = typeset(dice.choice(RESULT_NOTES)) if dice.random() < 0.2 else ""
        span = done - thread.created
        thread.tries = [
            (thread.created + span * (n + 1) / (vain + 2), thread.hand, "no_answer") for n in range(vain)
        ]
        if thread.result != "not_needed":
            last = thread.result if thread.result != "unreachable" else "no_answer"
            thread.tries.append((done, thread.hand, last))

    def _written(self, cabinet: Cabinet, calls: list[PastCall], dice: Random, zone: ZoneInfo) -> list[Thread]:
        spoken = [
            call
            for call in calls
            if call.answered and call.patient is not None and call.outcome == "information"
        ]
        dice.shuffle(spoken)
        found = []
        for kind, count in (("callback", 1), ("voicemail", 1), ("other", 1)):
            for _ in range(count):
                if not self._decks[kind] or not spoken:
                    continue
                call = spoken.pop()
                at = max(call.ended or call.arrived, self.now - dt.timedelta(hours=dice.randint(2, 22)))
                body = dated(self._decks[kind].pop(), self.now.astimezone(zone).date())
                due = self._today_at(zone, dice)
                thread = Thread(
                    cabinet.key, kind, body, due, min(at, due - dt.timedelta(minutes=1), self.now)
                )
                if kind != "other":
                    thread.patient, thread.number = call.patient, call.caller
                found.append(thread)
        return found

    def _today_at(self, zone: ZoneInfo, dice: Random) -> dt.datetime:
        local = self.now.astimezone(zone)
        return local.replace(
            hour=dice.randint(9, 17), minute=dice.choice((0, 15, 30, 45)), second=0, microsecond=0
        ).astimezone(dt.UTC)

    def _answered(self, cabinet: Cabinet, memos: list[Memo], zone: ZoneInfo) -> list[Thread]:
        if not self._decks["message"]:
            return []
        lately = [
            memo
            for memo in memos
            if memo.done and self.now - memo.done < dt.timedelta(days=3) and not memo.answer
        ]
        if not lately:
            return []
        memo = max(lately, key=lambda each: each.done or each.sent)
        body = dated(self._decks["message"].pop(), self.now.astimezone(zone).date())
        due = self._today_at(zone, dice_for("answer", cabinet.key, self.now.date()))
        created = min(memo.done or memo.sent, due)
        return [Thread(cabinet.key, "message", body, due, created, memo.patient, memo.call, memo.call.caller)]
