"""Receive a caller as the line's plan says: greeting, recording notice, menu, team, number, message or voicemail."""

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from decroche.calls.domain.call import CallState, EndReason, clean_caller_name
from decroche.calls.domain.callflow import CallPlan, LineKind, Then, Treatment, treat
from decroche.calls.domain.hours import LineMoment, moment_at
from decroche.calls.domain.routing import Urgency
from decroche.calls.ports import Announcement, CallArrived, DigitPressed, PromptEnded
from decroche.calls.ports import Prompt as Words
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import spoken
from decroche.calls.switchboard.distribution import offer_to_the_free
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LineFact, LiveCall, RecordingFact, Script

KEYS = "0123456789*#"
_NO_WORDS = Words()
HEARD_FROM = timedelta(seconds=1.5)
GREETING, MENU, RECORDING, MESSAGE = "greeting", "menu", "recording", "message"
UNTREATED = frozenset({CallState.RINGING_IN, CallState.MENU})


def arrive(floor: Floor, event: CallArrived) -> None:
    """Take a caller in, new or given back by the fallback."""
    if event.call_id is not None:
        _given_back(floor, event, event.call_id)
        return
    known = floor.calls.get(floor.by_channel.get(event.channel_id))  # type: ignore[arg-type]
    if known is not None:
        if (
            known.state is CallState.FALLBACK
        ):  # he went before we could mark him, and comes back without a mark
            _given_back(floor, event, known.call_id)
        return
    call = _new_call(floor, event, floor.new_call_id())
    floor.enter(call)
    floor.note(call, StepKind.ARRIVED, event.at)
    if call.line is None:
        _refuse_unknown(floor, call, event.at)
        return
    call.waiting_since = call.lease_renewed_at = event.at
    floor.send(ask.AdoptCaller(call.call_id, call.channel_id, fallback_number=call.line.fallback_number))
    if call.line.plan is None:
        call.urgency = _known_urgency(floor, call)
        _to_team(floor, call, Words(call.line.greeting), event.at)
        return
    call.moment = moment_of(call.line, event.at).value
    treatment = treat(call.line.plan, LineMoment(call.moment), caller_number=call.caller_number)
    floor.note(call, StepKind.GREETED, event.at, moment=call.moment, then=treatment.then.value)
    _begin(floor, call, treatment, event.at, is_first=True)


def moment_of(line: LineFact, now: datetime) -> LineMoment:
    """Say what a line is now."""
    return LineMoment.OPEN if line.hours is None else moment_at(line.hours, now).what


def _new_call(floor: Floor, event: CallArrived, call_id: UUID) -> LiveCall:
    line = floor.find_line(event.called_number)
    return LiveCall(
        call_id=call_id,
        channel_id=event.channel_id,
        called_number=line.number if line else clean_caller_name(event.called_number, limit=32),
        caller_number=floor.read_caller(event.caller_number, line),
        caller_name=clean_caller_name(event.caller_name),
        arrived_at=event.at,
        line=line,
        is_simulated=event.is_simulated,
        state_since=event.at,
    )


def _known_urgency(floor: Floor, call: LiveCall) -> Urgency:
    known = floor.directory.known_numbers.get(call.practice_id or 0, {}).get(call.caller_number)
    return Urgency.COLLEAGUE if known is not None and known.comes_first else Urgency.ROUTINE


def _refuse_unknown(floor: Floor, call: LiveCall, now: datetime) -> None:
    floor.send(ask.AnnounceAndEnd(call.call_id, call.channel_id, Announcement.UNKNOWN_NUMBER))
    floor.end(call, EndReason.UNKNOWN_NUMBER, now)


def _given_back(floor: Floor, event: CallArrived, call_id: UUID) -> None:
    """Take a caller back from the fallback that did not answer: first in line, and to voicemail next time."""
    call = floor.calls.get(call_id)
    if call is None or call.state is CallState.ENDED:
        call = _new_call(floor, event, call_id)
        call.steps = floor.known_steps.get(call_id, 0)
    floor.by_channel.pop(call.channel_id, None)
    call.channel_id, call.fallback_tried, call.lease_renewed_at = event.channel_id, True, None
    floor.enter(call)
    if call.out is not None and call.practice_id is None:  # somebody whom we called, for no practice
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.INTERRUPTED, event.at)
    elif call.line is None and call.out is None:
        _refuse_unknown(floor, call, event.at)
    elif call.state in {*UNTREATED, CallState.FALLBACK, CallState.WAITING}:
        call.tried.clear()
        floor.wait(call, event.at, first=True)


# --- what the caller hears before he is treated ----------------------------------------------


def _begin(floor: Floor, call: LiveCall, treatment: Treatment, now: datetime, *, is_first: bool) -> None:
    """Let the caller hear what belongs before a treatment, then treat him."""
    assert call.line is not None
    assert call.line.plan is not None
    plan = call.line.plan
    _take_urgency(call, plan, treatment)
    if treatment.then is Then.SAY:
        _inform(floor, call, treatment, now)
        return
    words = spoken.prompt(treatment.sound)
    if treatment.urgency is Urgency.EMERGENCY:
        words = spoken.first_sentence(treatment.sound)
    rule = sampled(call)
    prompts = [(GREETING if is_first else MESSAGE, words)] if words or is_first else []
    if treatment.then is Then.MENU and plan.menu is not None:
        prompts.append((MENU, spoken.prompt(plan.menu.prompt)))
    elif treatment.then is Then.TEAM and rule is not None and not call.recording_told:
        prompts.append((RECORDING, Words(text=rule.announcement)))
    elif treatment.then is Then.TEAM:
        _to_team(floor, call, words, now, is_first=is_first)
        return
    elif not words:
        _treat(floor, call, treatment, now)
        return
    call.script = Script(treatment, prompts)
    _say_next(floor, call, now)


def _take_urgency(call: LiveCall, plan: CallPlan, treatment: Treatment) -> None:
    """Rank the caller, and say which of the line's teams answers."""
    if treatment.then is Then.TEAM:
        call.urgency = treatment.urgency or Urgency.ROUTINE
        call.team = treatment.team or plan.team
        own = call.team == plan.team or call.menu_digit not in KEYS
        call.branch = 0 if own or not call.menu_digit else KEYS.index(call.menu_digit) + 1
    elif plan.kind is LineKind.EMERGENCY:
        call.urgency = Urgency.EMERGENCY


def _to_team(floor: Floor, call: LiveCall, words: Words, now: datetime, *, is_first: bool = True) -> None:
    """Offer the caller at once; the greeting is spoken while a phone rings already.

    Without a greeting he hears his telephone ring as hers does, and his line is answered when she picks up: until then
    the call costs him nothing. Should she take long, see ``deadlines``.
    """
    if call.state is CallState.MENU:
        floor.wait(call, now)
    call.script = None
    offer_to_the_free(floor, now)
    if is_first and not words and call.state is CallState.OFFERED:
        call.hears_ringing = True
    elif is_first:
        if words:
            floor.renew_lease(call, now)  # a channel that plays obeys nothing else: the lease must outlast it
        welcome(floor, call, words)
    elif words:
        floor.send(ask.Say(call.call_id, MESSAGE, words))
    if call.state is CallState.RINGING_IN:
        floor.wait(call, now)


def welcome(floor: Floor, call: LiveCall, words: Words = _NO_WORDS) -> None:
    """Answer the caller's line, with a greeting if there is one, then let him wait."""
    has_music = call.line is None or call.line.plan is None or call.line.plan.waiting.music
    call.hears_ringing = False
    floor.send(ask.Welcome(call.call_id, greeting=words, has_music=has_music))


def _say_next(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Say the next sentence; when none is left, wait for a key or go on."""
    script = call.script
    if script is None:
        return
    if not script.prompts:
        if script.then.then is Then.MENU and call.line and call.line.plan and call.line.plan.menu:
            script.saying, script.waits_for_key = "", True
            script.until = now + call.line.plan.menu.wait_for_key
        else:
            _treat(floor, call, script.then, now)
        return
    script.saying, words = script.prompts.pop(0)
    script.until, script.waits_for_key = now + floor.timing.prompt_at_most, False
    if script.saying == MENU and call.state is not CallState.MENU:
        floor.move(call, CallState.MENU, now)
        floor.note(call, StepKind.MENU, now)
    if script.saying == GREETING:
        floor.renew_lease(call, now)
        welcome(floor, call, words)
    else:
        floor.send(ask.Say(call.call_id, script.saying, words))


def prompt_ended(floor: Floor, event: PromptEnded, now: datetime) -> None:
    """Go on when a sentence is over; one that was cut short by our own next step is no news."""
    call = floor.calls.get(event.call_id)
    if call is None or call.script is None or call.script.saying != event.name:
        return
    if event.name == RECORDING and not call.recording_refused and _was_heard(floor, call.script, now):
        call.recording_told = True
        floor.note(call, StepKind.RECORDING_ANNOUNCED, now)
    _say_next(floor, call, now)


def _was_heard(floor: Floor, script: Script, now: datetime) -> bool:
    """Say whether a sentence lasted; an exchange without a voice ends it at once, and then nobody was told anything."""
    return script.until is not None and now - (script.until - floor.timing.prompt_at_most) >= HEARD_FROM


def look_at_script(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Go on with a caller who pressed no key, or whose sentence never ended."""
    script = call.script
    if script is None or script.until is None or now < script.until:
        return
    if script.waits_for_key:
        _no_key(floor, call, script, now)
    else:
        _say_next(floor, call, now)


def _no_key(floor: Floor, call: LiveCall, script: Script, now: datetime) -> None:
    """Say the menu once more, then go on without a key."""
    plan = call.line.plan if call.line else None
    if plan is None or plan.menu is None:
        floor.wait(call, now)
    elif script.repeats < plan.menu.repeats:
        script.repeats += 1
        script.prompts = [(MENU, spoken.prompt(plan.menu.prompt))]
        _say_next(floor, call, now)
    else:
        floor.note(call, StepKind.KEY, now, digit="")
        _after_menu(floor, call, plan, "", now)


def digit_pressed(floor: Floor, event: DigitPressed, now: datetime) -> None:
    """Take a key: a choice of the menu, or a refusal to be recorded; any other means nothing."""
    call = floor.calls.get(event.call_id)
    if call is None or call.state is CallState.ENDED or event.digit not in KEYS:
        return
    script = call.script
    plan = call.line.plan if call.line else None
    if script is not None and plan is not None and plan.menu is not None and script.then.then is Then.MENU:
        if script.saying:
            script.saying = ""
            floor.send(ask.Hush(call.call_id))
        if event.digit in {choice.digit for choice in plan.menu.choices}:
            call.menu_digit = event.digit
            floor.note(call, StepKind.KEY, now, digit=event.digit)
            _after_menu(floor, call, plan, event.digit, now)
        else:
            _no_key(floor, call, script, now)
        return
    _perhaps_refused(floor, call, event.digit, now)


def _after_menu(floor: Floor, call: LiveCall, plan: CallPlan, digit: str, now: datetime) -> None:
    treatment = treat(plan, LineMoment(call.moment), digit, caller_number=call.caller_number)
    _begin(floor, call, treatment, now, is_first=False)


# --- treating --------------------------------------------------------------------------------


def _treat(floor: Floor, call: LiveCall, treatment: Treatment, now: datetime) -> None:
    call.script = None
    match treatment.then:
        case Then.NUMBER:
            floor.send_away(call, treatment.number, now)
        case Then.VOICEMAIL:
            floor.send_to_voicemail(call, now)
        case _:
            floor.wait(call, now)


def _inform(floor: Floor, call: LiveCall, treatment: Treatment, now: datetime) -> None:
    """Say why nobody answers, then let the exchange hang up."""
    floor.send(ask.SayAndEnd(call.call_id, spoken.prompt(treatment.sound) or spoken.closed()))
    floor.note(call, StepKind.INFORMED, now)
    floor.end(call, EndReason.INFORMED, now)


def restore(call: LiveCall) -> None:
    """Find the team again of a call that another process had begun to treat."""
    plan = call.line.plan if call.line else None
    if plan is None or not call.moment:
        return
    treatment = treat(plan, LineMoment(call.moment), call.menu_digit, caller_number=call.caller_number)
    if treatment.then is Then.TEAM:
        urgency = call.urgency
        _take_urgency(call, plan, treatment)
        call.urgency = urgency


def begin_again(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Go on with a caller whom another process was still telling something: he hears the menu, or the sentence, again."""
    plan = call.line.plan if call.line else None
    if plan is None or not call.moment:
        if call.state is CallState.MENU:
            floor.wait(call, now)
        return
    digit = call.menu_digit or None
    treatment = treat(plan, LineMoment(call.moment), digit, caller_number=call.caller_number)
    if call.state is CallState.MENU and treatment.then is Then.MENU and plan.menu is not None:
        call.script = Script(treatment, [(MENU, spoken.prompt(plan.menu.prompt))])
        _say_next(floor, call, now)
    else:
        _begin(floor, call, treatment, now, is_first=call.state is CallState.RINGING_IN)


# --- recording -------------------------------------------------------------------------------


def sampled(call: LiveCall) -> RecordingFact | None:
    """Return the rule under which this call is recorded; an emergency, an outgoing and most other calls have none."""
    rule = call.line.recording if call.line else None
    if rule is None or call.out is not None or call.urgency is Urgency.EMERGENCY:
        return None
    return rule if share_of(call.call_id) < rule.sample_percent else None


def share_of(call_id: UUID) -> int:
    """Return 0–99, evenly spread and always the same for a call: nobody chooses whom to record."""
    return int.from_bytes(blake2b(call_id.bytes, digest_size=8).digest()) % 100


def _perhaps_refused(floor: Floor, call: LiveCall, digit: str, now: datetime) -> None:
    """Let a caller refuse to be recorded, during the announcement or at any time after it."""
    rule = call.line.recording if call.line else None
    announcing = call.script is not None and call.script.saying == RECORDING
    if rule is None or digit != rule.refusal_digit or call.recording_refused:
        return
    if announcing or call.recording_told or call.is_recorded:
        call.recording_refused = True
        floor.note(call, StepKind.RECORDING_REFUSED, now)
        floor.stop_recording(call, now, discard=True)
        floor.recorded.pop(call.call_id, None)
    if announcing:
        floor.send(ask.Hush(call.call_id))
