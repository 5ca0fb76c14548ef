"""Write what past calls left behind: notes, a report of abuse, a few recordings, and the calls that were placed."""

import datetime as dt
import uuid

from decroche.calls.actions.keep_recording import recordings_folder
from decroche.calls.models import AbuseReport, Call, CallNote, CallStep, Recording, RecordingRule
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Stage
from decroche.demo.murmurs import write_murmur
from decroche.demo.texts import telephone as words
from decroche.demo.typography import typeset
from decroche.messaging.models import FollowUpTry

_OURS = "demo-"  # how the files of the demo begin; those of an earlier world go
_RECORDED = 5  # by rule
_LONGEST = 75  # seconds of a recording: the files stay small
_PLACED = dt.timedelta(days=2)  # how far back the calls that were placed go
_CENTS = 2
_HERS = frozenset({"abuse", "recording_on", "recording_off"})
#: What comes first, and last, of the steps of one moment.
_RANKS = {"arrived": 0, "greeted": 0, "recording_told": 0, "ended": 2, "wrap_up_ended": 2}


def write_after_calls(stage: Stage) -> int:
    """Write all of it; return how many calls were added."""
    _notes(stage)
    _abuse()
    _recordings(stage)
    return _placed(stage)


def _notes(stage: Stage) -> None:
    lately = Call.objects.filter(
        answered_at__isnull=False,
        outcome__in=("message", "information", "booked"),
        ended_at__gt=stage.now - dt.timedelta(days=3),
    )
    found = list(lately.order_by("arrived_at", "id"))
    chosen = dice_for("notes", stage.now.date()).sample(found, min(len(words.NOTES), len(found)))
    CallNote.objects.bulk_create(
        _note(call, text) for call, text in zip(chosen, words.NOTES[: len(chosen)], strict=True)
    )


def _note(call: Call, text: str) -> CallNote:
    """Return a note that the secretary of a conversation wrote as it ended."""
    assert call.ended_at is not None
    assert call.secretary_id is not None
    return CallNote(call=call, text=typeset(text), by_id=call.secretary_id, at=call.ended_at)


def _abuse() -> None:
    """Let one short call of these days have been abusive: reported, with what was said to a colleague."""
    call = (
        Call.objects.filter(
            answered_at__isnull=False, outcome="other", notes=None, patient_id=None, secretary__isnull=False
        )
        .exclude(caller_number="")
        .order_by("-arrived_at")
        .first()
    )
    if call is None:
        return
    note = _note(call, words.ABUSE)
    note.save()
    AbuseReport.objects.create(
        call=call, by_id=note.by_id, at=note.at, protected_until=note.at + dt.timedelta(hours=1)
    )
    _insert_steps(call, (("abuse", note.at),), pause=300)


# --- what is recorded ----------------------------------------------------------------------------


def _recordings(stage: Stage) -> None:
    """Record the shortest conversations of the lines that have a rule; the oldest of them are purged already."""
    folder = recordings_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(f"{_OURS}*.wav"):
        old.unlink(missing_ok=True)
    for rule in RecordingRule.objects.order_by("pk"):
        calls = Call.objects.filter(line_id=rule.line_id, answered_at__isnull=False, end_reason="completed")
        short = [
            call
            for call in calls.order_by("arrived_at", "id")
            if 12 <= call.talked.total_seconds() <= _LONGEST
        ]
        dice = dice_for("recordings", rule.pk, stage.now.date())
        chosen = dice.sample(short, min(_RECORDED + 1, len(short)))
        if chosen:
            _refused(chosen.pop())
        for call in chosen:
            _record(stage, rule, call)


def _record(stage: Stage, rule: RecordingRule, call: Call) -> None:
    starts, seconds = call.answered_at, int(call.talked.total_seconds())
    assert starts is not None
    purge = starts + dt.timedelta(days=rule.keep_days)
    is_gone = purge <= stage.now
    name = f"{_OURS}{call.pk}.wav"
    if not is_gone:
        write_murmur(recordings_folder() / name, seconds, dice_for("murmur", call.pk))
    Recording.objects.create(
        call=call, rule=rule, path="" if is_gone else name, started_at=starts, seconds=seconds, purge_at=purge,
        purged_at=purge + dt.timedelta(minutes=20) if is_gone else None,
    )  # fmt: skip
    Call.objects.filter(pk=call.pk).update(is_recorded=True)
    _insert_steps(
        call,
        (("recording_told", call.arrived_at), ("recording_on", starts), ("recording_off", call.ended_at)),
    )


def _refused(call: Call) -> None:
    """Let one caller have pressed the key: nothing of him was kept."""
    _insert_steps(
        call,
        (
            ("recording_told", call.arrived_at),
            ("recording_refused", call.arrived_at + dt.timedelta(seconds=5)),
        ),
    )


def _insert_steps(call: Call, more: tuple[tuple[str, dt.datetime | None], ...], **detail: object) -> None:
    """Put steps where their time is, and number the timeline again."""
    steps = list(CallStep.objects.filter(call=call))
    steps += [
        CallStep(
            call=call,
            kind=kind,
            at=at,
            secretary_id=call.secretary_id if kind in _HERS else None,
            detail=detail,
        )
        for kind, at in more
        if at is not None
    ]
    CallStep.objects.filter(call=call).delete()
    steps.sort(key=lambda step: (step.at, _RANKS.get(step.kind, 1)))
    for number, step in enumerate(steps):
        step.pk, step.number = None, number
    CallStep.objects.bulk_create(steps)


# --- what was placed -----------------------------------------------------------------------------


def _placed(stage: Stage) -> int:
    """Write the calls by which lost callers were tried again, each with its timeline and what it cost."""
    tries = FollowUpTry.objects.filter(at__gt=stage.now - _PLACED, at__lt=stage.now - dt.timedelta(minutes=5))
    busy: dict[int, dt.datetime] = {}
    added = 0
    for one in tries.select_related("follow_up").order_by("at", "pk"):
        if not one.follow_up.caller_number or busy.get(one.by_id, one.at) > one.at:
            continue
        busy[one.by_id] = _place(stage, one)
        added += 1
    return added


def _place(stage: Stage, one: FollowUpTry) -> dt.datetime:
    dice, owed = dice_for("placed", one.pk, one.at), one.follow_up
    number, label = next(
        ((number, id_) for spot, (id_, number) in stage.lines.items()
         if stage.practices[spot.cabinet] == owed.practice_id and spot.rank == 0)
    )  # fmt: skip
    is_reached = one.result != "no_answer"
    rung = one.at - dt.timedelta(seconds=dice.randint(50, 130) if is_reached else 32)
    answered = rung + dt.timedelta(seconds=dice.randint(9, 20)) if is_reached else None
    call = Call.objects.create(
        id=uuid.UUID(int=dice.getrandbits(128), version=4), line_id=label, practice_id=owed.practice_id, called_number=number,
        caller_number=owed.caller_number, caller_name=owed.caller_name[:80], direction="out", state="ended", secretary_id=one.by_id,
        patient_id=owed.patient_id, arrived_at=rung, answered_at=answered, ended_at=one.at,
        end_reason="completed" if is_reached else "no_reply", outcome="information" if is_reached else "",
        cost_cents=_CENTS if is_reached else 0,
    )  # fmt: skip
    seen: list[tuple[str, dt.datetime, dict[str, object]]] = [
        ("calling", rung, {"number": owed.caller_number}),
        (
            "dialled",
            rung + dt.timedelta(seconds=4),
            {"number": owed.caller_number, "shown": number, "follow_up": owed.pk},
        ),
    ]
    if answered:
        seen.append(("talking", answered, {}))
    seen.append(("ended", one.at, {"reason": call.end_reason}))
    if is_reached:
        seen.append(("cost", one.at, {"cents": _CENTS, "seconds": int(call.talked.total_seconds())}))
    CallStep.objects.bulk_create(
        CallStep(call=call, number=n, kind=kind, at=at, secretary_id=one.by_id, detail=detail)
        for n, (kind, at, detail) in enumerate(seen)
    )
    return one.at
