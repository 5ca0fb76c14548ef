"""Write what practices ask, their protocols, the messages and what remains to be done."""

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import copy_models
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.loose_ends import LooseEnds, Thread
from decroche.demo.plan import Cabinet
from decroche.demo.team import FIRM, SOLO, SOLO_CABINETS, SUPERVISOR, Answerer
from decroche.demo.texts.instructions import ORDERS
from decroche.demo.texts.protocols_b import PROTOCOLS
from decroche.demo.texts.shapes import Order, dated, working_day
from decroche.demo.typography import day, typeset
from decroche.demo.weave import Memo
from decroche.instructions.models import (
    EmergencyProtocol,
    Instruction,
    InstructionRead,
    ProtocolStep,
    ReadingMark,
)
from decroche.messaging.models import FollowUp, FollowUpTry, Message


def team_of(cabinet: Cabinet) -> tuple[Answerer, ...]:
    """Return who answers for a practice."""
    return (SOLO,) if cabinet.key in SOLO_CABINETS else (*FIRM, SUPERVISOR)


def working_hour(now: dt.datetime, zone: ZoneInfo, days_ago: float, dice: Random) -> dt.datetime:
    """Return an instant about ``days_ago`` at which somebody would write, never in the future."""
    local = (now - dt.timedelta(days=days_ago)).astimezone(zone)
    if local.hour < 7:
        local = local.replace(hour=18, minute=dice.randint(5, 55)) - dt.timedelta(days=1)
    elif local.hour >= 20:
        local = local.replace(hour=18, minute=dice.randint(5, 55))
    return min(local.astimezone(dt.UTC), now - dt.timedelta(minutes=4))


def write_instructions(stage: Stage) -> None:
    """Write the instructions with who has read them; the newest are news to most."""
    rows, reads, marks = [], [], []
    for cabinet in CABINETS:
        for number, order in enumerate(ORDERS[cabinet.key]):
            row = _instruction(stage, cabinet, number, order)
            rows.append(row)
            reads += _reads(stage, cabinet, row)
        marks += _marks(stage, cabinet)
    copy_models(rows)
    copy_models(reads)
    copy_models(marks)


def _instruction(stage: Stage, cabinet: Cabinet, number: int, order: Order) -> Instruction:
    dice = dice_for("instruction", cabinet.key, number)
    zone, today = ZoneInfo(cabinet.zone), stage.today(cabinet)
    created = working_hour(stage.now, zone, order.since, dice)
    by = stage.doctor_user(cabinet, order.doctor or 0)
    ended = working_hour(stage.now, zone, order.ended, dice) if order.ended is not None else None
    last = _last_day(order, today)
    id_ = stage.orders[Spot(cabinet.key, number)] = stage.ids.next(Instruction)
    return Instruction(
        id=id_, practice_id=stage.practices[cabinet.key],
        practitioner_id=None if order.doctor is None else stage.doctors[Spot(cabinet.key, order.doctor)],
        kind=order.kind, body=instruction_body(order, today), starts_at=created,
        ends_at=None if last is None else dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=zone),
        created_by_id=by, created_at=created, ended_at=ended, ended_by_id=by if ended else None, replaces_id=None,
    )  # fmt: skip


def _last_day(order: Order, today: dt.date) -> dt.date | None:
    if order.away:
        return working_day(working_day(today, order.away[0]), order.away[1] - 1)
    if order.from_hour:
        return working_day(today, order.on)
    return None if order.until is None else today + dt.timedelta(days=order.until)


def instruction_body(order: Order, today: dt.date) -> str:
    """Return the words of an instruction; an absence begins by its dates."""
    body = dated(order.body, today)
    if not order.away:
        return body
    first = working_day(today, order.away[0])
    last = working_day(first, order.away[1] - 1)
    when = day(first) if first == last else f"du {day(first)} au {day(last)}"
    if order.from_hour:
        when += f" à partir de {order.from_hour.replace(':', ' h ').removesuffix(' 00')}"
    return typeset(f"{when[0].upper()}{when[1:]} : ") + body[0].lower() + body[1:]


def _reads(stage: Stage, cabinet: Cabinet, row: Instruction) -> list[InstructionRead]:
    dice = dice_for("reads", row.pk)
    age = (stage.now - row.created_at).total_seconds() / 86_400
    readers = [
        (stage.users[someone.login], someone.knows.get(cabinet.key, 0.1)) for someone in team_of(cabinet)
    ]
    readers += [(stage.doctor_user(cabinet, rank), 0.9) for rank in range(len(cabinet.doctors))]
    readers += [(stage.users[login], 0.9) for login in stage.staff[cabinet.key]]
    found = []
    for user, knows in readers:
        share = 1.0 if age > 4 or user == row.created_by_id else knows if age > 1.2 else knows * 0.35
        if dice.random() < share:
            at = min(row.created_at + dt.timedelta(minutes=dice.randint(4, 300)), stage.now)
            found.append(
                InstructionRead(
                    id=stage.ids.next(InstructionRead), instruction_id=row.pk, user_id=user, read_at=at
                )
            )
    return found


def _marks(stage: Stage, cabinet: Cabinet) -> list[ReadingMark]:
    """Note when each last took note of everything: yesterday where she knows the practice, days ago elsewhere."""
    return [
        ReadingMark(
            id=stage.ids.next(ReadingMark),
            practice_id=stage.practices[cabinet.key],
            user_id=stage.users[someone.login],
            read_at=stage.now - dt.timedelta(days=1.2 if someone.knows.get(cabinet.key, 0) > 0.6 else 7),
        )
        for someone in team_of(cabinet)
    ]


def write_protocols(stage: Stage) -> None:
    """Write the emergency protocols."""
    protocols, steps = [], []
    for cabinet in CABINETS:
        for number, protocol in enumerate(PROTOCOLS[cabinet.key]):
            dice = dice_for("protocol", cabinet.key, number)
            at = working_hour(stage.now, ZoneInfo(cabinet.zone), dice.randint(20, 300), dice)
            id_ = stage.ids.next(EmergencyProtocol)
            protocols.append(
                EmergencyProtocol(
                    id=id_,
                    practice_id=stage.practices[cabinet.key],
                    practitioner_id=None
                    if protocol.doctor is None
                    else stage.doctors[Spot(cabinet.key, protocol.doctor)],
                    title=typeset(protocol.title),
                    updated_at=at,
                    updated_by_id=stage.doctor_user(cabinet, protocol.doctor or 0),
                )
            )
            steps += [
                ProtocolStep(
                    id=stage.ids.next(ProtocolStep),
                    protocol_id=id_,
                    position=position,
                    kind=step.kind,
                    text=typeset(step.text),
                    number=step.number,
                )
                for position, step in enumerate(protocol.steps, start=1)
            ]
    copy_models(protocols)
    copy_models(steps)


def write_messages(stage: Stage) -> int:
    """Write the messages; return how many."""
    memos = sorted((memo for each in stage.memos.values() for memo in each), key=lambda memo: memo.sent)
    by_key = {cabinet.key: cabinet for cabinet in CABINETS}
    copy_models([_message(stage, by_key[memo.cabinet], memo) for memo in memos])
    return len(memos)


def _message(stage: Stage, cabinet: Cabinet, memo: Memo) -> Message:
    treated_by = stage.doctor_user(cabinet, memo.doctor or 0)
    if memo.doctor is None and stage.staff[cabinet.key]:
        treated_by = stage.users[stage.staff[cabinet.key][0]]
    return Message(
        id=stage.ids.next(Message), practice_id=stage.practices[cabinet.key],
        practitioner_id=None if memo.doctor is None else stage.doctors[Spot(cabinet.key, memo.doctor)],
        patient_id=None if memo.patient is None else stage.patient(cabinet.key, memo.patient), call_id=memo.call.id,
        author_id=stage.users[memo.call.secretary], category=memo.category, is_urgent=memo.urgent, body=memo.body,
        caller_name=memo.caller, caller_number=memo.call.caller, sent_at=memo.sent, read_at=memo.read,
        read_by_id=treated_by if memo.read else None, done_at=memo.done, done_by_id=treated_by if memo.done else None,
        answer=memo.answer if memo.done else "", idempotency_key=None,
    )  # fmt: skip


def write_follow_ups(stage: Stage) -> int:
    """Write the follow-ups; return how many."""
    ends = LooseEnds(stage.now)
    rows, tried = [], []
    for cabinet in CABINETS:
        logins = [someone.login for someone in team_of(cabinet) if not someone.supervisor]
        threads = ends.threads(cabinet, stage.calls[cabinet.key], stage.memos[cabinet.key], logins)
        for thread in threads:
            row = _follow_up(stage, cabinet, thread)
            rows.append(row)
            tried += [(row, row.due_at, *attempt) for attempt in thread.tries]
    rows.sort(key=lambda row: row.created_at)
    for row in rows:
        row.pk = stage.ids.next(FollowUp)
    copy_models(rows)
    copy_models(
        [
            FollowUpTry(
                id=stage.ids.next(FollowUpTry), follow_up_id=row.pk, by_id=stage.users[login], at=at, result=result,
                due_before=due,
            )
            for row, due, at, login, result in tried
        ]
    )  # fmt: skip
    return len(rows)


def _follow_up(stage: Stage, cabinet: Cabinet, thread: Thread) -> FollowUp:
    hand = stage.users[thread.hand] if thread.hand else None
    return FollowUp(
        practice_id=stage.practices[cabinet.key], kind=thread.kind,
        patient_id=None if thread.patient is None else stage.patient(cabinet.key, thread.patient),
        call_id=thread.call.id if thread.call else None, caller_number=thread.number, caller_name=thread.name, body=thread.body,
        due_at=thread.due, assigned_to_id=hand, assigned_at=thread.created if hand else None, tries=len(thread.tries),
        last_tried_at=thread.tries[-1][0] if thread.tries else None, is_urgent=thread.urgent, rang=thread.rang,
        last_rang_at=min(thread.created + dt.timedelta(minutes=9), stage.now) if thread.rang > 1 else None, seconds=thread.seconds, created_at=thread.created, done_at=thread.done,
        done_by_id=hand if thread.done else None, result=thread.result, result_note=thread.result_note, voicemail_path="",
    )  # fmt: skip
