"""Hold the calls and posts that live now, and what this turn has changed, asks and writes.

No clock, no I/O: ``take_commands()`` hands over what to ask of the exchange, ``take()`` what to write down; the caller
executes and writes. One exchange, one floor: a floor touches only the lines, calls and posts of its own exchange.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from decroche.calls.domain.call import CallState
from decroche.calls.domain.routing import Familiarity, PassedOver, Reason
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.described import Described
from decroche.calls.switchboard.records import (
    AbuseRow,
    CallRow,
    Entry,
    FollowUpRow,
    OrderRow,
    PostRow,
    RecordingRow,
    StepKind,
    StepRow,
)
from decroche.calls.switchboard.state import (
    Directory,
    LineFact,
    LiveCall,
    LivePost,
    RecordingFact,
    Sharing,
    Timing,
)
from decroche.kernel import phone

KNOWN_STEPS = 1000  # the dial plan gives a caller back within half a minute, or never


class Turn:
    """Hold what lives, and what this turn has changed."""

    def __init__(
        self,
        directory: Directory | None = None,
        timing: Timing | None = None,
        *,
        exchange: str = "",
        new_call_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.directory = directory or Directory()
        self.timing = timing or Timing()
        self.exchange = exchange
        self.new_call_id = new_call_id
        self.calls: dict[UUID, LiveCall] = {}
        self.by_channel: dict[str, UUID] = {}
        self.posts: dict[int, LivePost] = {}
        self.familiarity = Familiarity(self.directory.familiarity)
        self.last_spoken: dict[tuple[int, str], int] = dict(self.directory.last_spoken)
        self.described = Described()
        self.spent: dict[int, Decimal] = {}  # by secretariat, since the directory was read
        self.exchange_up = False
        self.known_steps: dict[UUID, int] = {}  # of calls that are over, should one be given back
        self.unheard: dict[
            UUID, datetime
        ] = {}  # went at the voicemail; a message may yet be told of, until then
        self.unanswered: set[int] = set()  # orders that are done once the exchange has obeyed
        self.abused: set[UUID] = set()  # reported since this process began
        self.recorded: dict[UUID, tuple[RecordingFact, datetime]] = {}  # their sound is still to come
        self._forget_turn()

    def _forget_turn(self) -> None:
        self._commands: list[ask.Command] = []
        self._calls: dict[UUID, LiveCall] = {}
        self._posts: dict[int, LivePost] = {}
        self._steps: list[StepRow] = []
        self._orders: list[OrderRow] = []
        self._follow_ups: list[FollowUpRow] = []
        self._abuses: list[AbuseRow] = []
        self._recordings: list[RecordingRow] = []
        self._secretariats: set[int] = set()

    @property
    def has_changed(self) -> bool:
        """Say whether a call or a post is other than it was when this turn began."""
        return bool(self._calls or self._posts)

    def take_commands(self) -> list[ask.Command]:
        """Hand over what this turn asks of the exchange until now."""
        commands, self._commands = self._commands, []
        return commands

    def take(self, now: datetime) -> Entry:
        """Hand over what this turn writes, and begin the next turn."""
        entry = Entry(
            now,
            tuple(CallRow.of(call, self.exchange) for call in self._calls.values()),
            tuple(self._steps),
            tuple(PostRow.of(post, now=now, exchange=self.exchange) for post in self._posts.values()),
            tuple(self._orders),
            tuple(self._follow_ups),
            tuple(self._abuses),
            tuple(self._recordings),
            frozenset(self._secretariats),
        )
        for call in self._calls.values():
            if call.state is CallState.ENDED and not self._in_wrap_up(call.call_id):
                self._forget(call)
        self._forget_turn()
        return entry

    def _forget(self, call: LiveCall) -> None:
        self.calls.pop(call.call_id, None)
        self.known_steps[call.call_id] = call.steps
        while len(self.known_steps) > KNOWN_STEPS:
            del self.known_steps[next(iter(self.known_steps))]
        self.by_channel.pop(call.channel_id, None)

    def _in_wrap_up(self, call_id: UUID) -> bool:
        return any(post.wrap_up_call_id and post.wrap_up_call_id == call_id for post in self.posts.values())

    # --- what is asked and written --------------------------------------------------------

    def send(self, command: ask.Command) -> None:
        """Ask something of the exchange, at the end of this turn."""
        self._commands.append(command)

    def note(
        self,
        call: LiveCall,
        kind: StepKind,
        now: datetime,
        *,
        secretary_id: int | None = None,
        reasons: tuple[Reason, ...] = (),
        passed_over: tuple[PassedOver, ...] = (),
        **detail: object,
    ) -> None:
        """Add a step to the call's timeline."""
        if reasons:
            detail["reasons"] = [[reason.why.value, reason.amount] for reason in reasons]
        if passed_over:
            detail["passed_over"] = [[one.user_id, one.why.value, one.amount] for one in passed_over]
        self._steps.append(StepRow(call.call_id, call.steps, kind, now, secretary_id, detail))
        call.steps += 1
        self.touch(call)

    def touch(self, call: LiveCall) -> None:
        """Mark a call as changed."""
        self._calls[call.call_id] = call
        if call.practice_id is not None:
            self._secretariats |= self.directory.mandates.get(call.practice_id, frozenset())

    def touch_post(self, post: LivePost) -> None:
        """Mark a post as changed."""
        self._posts[post.user_id] = post
        self._secretariats.add(post.secretariat_id)

    def finish_order(self, order_id: int, now: datetime, refusal: str = "") -> None:
        """Write down how an order ended."""
        self.unanswered.discard(order_id)
        self._orders.append(OrderRow(order_id, now, refusal))

    def ask_call_back(self, call: LiveCall, now: datetime) -> None:
        """Leave a follow-up for a caller whom we lost."""
        if call.practice_id is not None:
            self._follow_ups.append(FollowUpRow(call.call_id, "callback", now))

    def follow_up(self, row: FollowUpRow) -> None:
        """Leave a follow-up, or take one back."""
        self._follow_ups.append(row)

    def report_abuse(self, row: AbuseRow) -> None:
        """Write down that a call was abusive."""
        self._abuses.append(row)

    def keep_recording(self, row: RecordingRow) -> None:
        """Hand a recording over."""
        self._recordings.append(row)

    # --- reading ------------------------------------------------------------------------

    def find_line(self, called: str) -> LineFact | None:
        """Return the line that was called, however the operator writes its number."""
        lines = self.directory.lines
        if called in lines:
            return lines[called]
        number = phone.parse_or_none(called)
        return lines.get(number) if number else None

    def read_caller(self, raw: str, line: LineFact | None) -> str:
        """Return the caller's number in E.164; empty when it is hidden or absurd. A hint, never an identity."""
        return phone.parse_or_none(raw, region=line.region if line else "FR") or ""

    def practice_name(self, call: LiveCall) -> str:
        """Return the name of the practice that the call is for."""
        if call.line is not None:
            return call.line.practice_name
        return self.directory.practice_names.get(call.practice_id or 0, "")

    def sharing_of(self, secretariat_id: int) -> Sharing:
        """Return how a secretariat shares its calls out; the settings' own way when it has chosen none."""
        chosen = self.directory.sharing.get(secretariat_id)
        timing = self.timing
        return chosen or Sharing(timing.routing, timing.wrap_up, timing.wrap_up_at_most)

    def sharer_of(self, call: LiveCall) -> int:
        """Return the secretariat whose way a call is shared out: the first that acts for its practice; 0: no own way."""
        mandated = self.directory.mandates.get(call.practice_id or 0, frozenset())
        return next((one for one in sorted(mandated) if one in self.directory.sharing), 0)

    def sharing_for(self, call: LiveCall) -> Sharing:
        """Return how a call's practice has its calls shared out."""
        return self.sharing_of(self.sharer_of(call))

    def is_mandated(self, post: LivePost, call: LiveCall) -> bool:
        """Say whether a post may act for the call's practice."""
        return post.secretariat_id in self.directory.mandates.get(call.practice_id or 0, frozenset())
