"""Hold what the switchboard knows: what it reads from the house, and what lives now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from decroche.calls.domain.call import CallState, EndReason, PartyState
from decroche.calls.domain.callflow import RINGS_AT_MOST, CallPlan, Treatment
from decroche.calls.domain.hours import LineHours
from decroche.calls.domain.outgoing import FRENCH_RULES, Consent, Dial, DialRules
from decroche.calls.domain.post import PostState
from decroche.calls.domain.reachability import Reachability
from decroche.calls.domain.routing import Policy, TeamPlan, Urgency
from decroche.calls.ports import PartyLeg, Prompt, SecretaryLeg

# --- what is read from the house -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordingFact:
    """Describe the recording rule in force on a line."""

    rule_id: int
    announcement: str
    refusal_digit: str
    sample_percent: int
    keep_days: int


@dataclass(frozen=True, slots=True)
class LineFact:
    """Describe one of our numbers; without a plan it answers at every hour, by everybody who is mandated."""

    line_id: int
    practice_id: int
    practice_name: str
    number: str
    greeting: str
    fallback_number: str
    region: str
    plan: CallPlan | None = None
    hours: LineHours | None = None
    recording: RecordingFact | None = None
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Describe somebody who may hold a post."""

    user_id: int
    secretariat_id: int
    name: str
    is_supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Sharing:
    """Hold how one secretariat shares its calls out."""

    routing: Policy = field(default_factory=Policy)
    wrap_up: timedelta = timedelta(seconds=45)
    wrap_up_at_most: timedelta = timedelta(minutes=10)
    protect: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """Describe a number that a practice knows. A hint that anybody can forge, never an identity."""

    name: str
    comes_first: bool = False
    is_put_through: bool = False


@dataclass(frozen=True, slots=True)
class PractitionerFact:
    """Describe a practitioner to whom callers are put through."""

    practitioner_id: int
    practice_id: int
    user_id: int | None
    number: str
    reach: Reachability = field(default_factory=Reachability)


@dataclass(frozen=True, slots=True)
class OutgoingFact:
    """Describe whom a secretariat may call, under which number, and what it has spent this month."""

    number: str = ""
    rules: DialRules = FRENCH_RULES
    spent: Decimal = Decimal()


@dataclass(frozen=True, slots=True)
class Directory:
    """Hold what rarely changes, read from the database into memory."""

    lines: Mapping[str, LineFact] = field(default_factory=dict)  # number → line
    mandates: Mapping[int, frozenset[int]] = field(default_factory=dict)  # practice → secretariats
    members: Mapping[int, Member] = field(default_factory=dict)
    familiarity: Mapping[tuple[int, int], int] = field(default_factory=dict)
    last_spoken: Mapping[tuple[int, str], int] = field(default_factory=dict)  # (practice, number) → user
    skills: Mapping[int, frozenset[str]] = field(default_factory=dict)  # user → codes
    sharing: Mapping[int, Sharing] = field(default_factory=dict)  # secretariat → policy
    known_numbers: Mapping[int, Mapping[str, KnownNumber]] = field(default_factory=dict)  # by practice
    practitioners: tuple[PractitionerFact, ...] = ()
    practice_names: Mapping[int, str] = field(default_factory=dict)
    practice_numbers: Mapping[int, frozenset[str]] = field(default_factory=dict)  # its own, always reachable
    outgoing: Mapping[int, OutgoingFact] = field(default_factory=dict)  # by secretariat
    consents: Mapping[int, Consent] = field(default_factory=dict)  # by line
    mobiles: Mapping[int, str] = field(default_factory=dict)  # user → where her calls ring for now
    protections: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)  # user → number → until


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold the delays that are not routing's."""

    routing: Policy = field(default_factory=Policy)
    wrap_up: timedelta = timedelta(seconds=45)
    wrap_up_at_most: timedelta = timedelta(minutes=10)
    # How long a caller outlives a frozen switchboard before the fallback: with the exchange's own pace, 5 s at most.
    lease: timedelta = timedelta(seconds=4)
    renew_every: timedelta = timedelta(seconds=1)
    doubt: timedelta = timedelta(
        seconds=8
    )  # two questions to a phone whose sound stopped: is it there, or frozen?
    away_after: timedelta = timedelta(seconds=30)  # a phone gone that long means an empty chair
    voicemail_at_most: timedelta = timedelta(minutes=4)
    transfer_at_most: timedelta = timedelta(seconds=60)
    fallback_at_most: timedelta = timedelta(hours=1)
    pause_after_missed: int = 2
    prompt_at_most: timedelta = timedelta(seconds=60)  # the exchange never said that a sentence is over
    park_at_most: timedelta = timedelta(seconds=90)
    party_rings: timedelta = timedelta(seconds=40)
    dial_rings: timedelta = timedelta(seconds=60)  # an outgoing call that nobody takes
    rings_at_most: timedelta = RINGS_AT_MOST  # then a caller whom nobody greets hears music
    abandoned_from: timedelta = timedelta(seconds=5)  # who gave up sooner than that dialled a wrong number
    voicemail_told_within: timedelta = timedelta(seconds=15)


# --- what lives now ------------------------------------------------------------------------


@dataclass(slots=True)
class Party:
    """Hold the third person of a call."""

    leg: PartyLeg
    state: PartyState = PartyState.RINGING
    number: str = ""
    user_id: int | None = None
    since: datetime | None = None


@dataclass(slots=True)
class Script:
    """Hold what a caller hears before anything is decided: sentences, then a treatment."""

    then: Treatment
    prompts: list[tuple[str, Prompt]] = field(default_factory=list)  # still to be said
    saying: str = ""
    until: datetime | None = None  # go on even if the exchange never says that the sentence is over
    repeats: int = 0  # of the menu
    waits_for_key: bool = False


@dataclass(slots=True)
class Outgoing:
    """Hold what only an outgoing call has."""

    dial: Dial
    shown_number: str
    secretariat_id: int
    practice_id: int | None = None
    follow_up_id: int | None = None
    is_dialled: bool = False  # the number rings; before, her own phone does


@dataclass(slots=True)
class LiveCall:
    """Hold one call while it lives."""

    call_id: UUID
    channel_id: str
    called_number: str
    caller_number: str
    caller_name: str
    arrived_at: datetime
    line: LineFact | None = None
    state: CallState = CallState.RINGING_IN
    is_simulated: bool = False
    waiting_since: datetime | None = None
    comes_first: bool = False
    tried: dict[int, datetime] = field(default_factory=dict)
    attempts: int = 0
    leg: SecretaryLeg | None = None  # rings or talks
    state_since: datetime | None = None
    answered_at: datetime | None = None
    secretary_id: int | None = None  # who talks, or talked last
    transfer_number: str = ""
    transfer_unseen: bool = False  # it may have been answered while we were away
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    wrap_up_until: datetime | None = None
    lease_renewed_at: datetime | None = None
    has_voicemail: bool = False
    fallback_tried: bool = False
    steps: int = 0
    urgency: Urgency = Urgency.ROUTINE
    moment: str = ""
    menu_digit: str = ""
    script: Script | None = None
    team: TeamPlan | None = None  # as the plan or a key of its menu says; None: everybody who is mandated
    branch: int = 0  # which of the line's teams that is
    held_for: int | None = None
    held_since: datetime | None = None
    position: int = 0
    expected_wait: timedelta | None = None
    hears_ringing: bool = False  # his line was not answered yet
    told_at: datetime | None = None  # when the waiting message was last said
    is_muted: bool = False
    parked_by: int | None = None
    parked_at: datetime | None = None
    park_rang: bool = False  # her own phone was tried again
    party: Party | None = None
    party_attempts: int = 0
    is_given: bool = False  # in the hands of the colleague who is its party; no leg of ours any more
    listener: int | None = None
    listening: str = ""
    recording_told: bool = False  # the announcement was heard to its end
    recording_refused: bool = False
    is_recorded: bool = False
    out: Outgoing | None = None
    cost_cents: int = 0

    @property
    def practice_id(self) -> int | None:
        """Return the practice that was called or is called for, None for an unknown number."""
        if self.line is not None:
            return self.line.practice_id
        return self.out.practice_id if self.out else None

    @property
    def holder(self) -> int | None:
        """Return who has the call in hand or is rung for it."""
        if self.leg is not None:
            return self.leg.user_id
        return self.party.user_id if self.is_given and self.party else None


@dataclass(slots=True)
class LivePost:
    """Hold one secretary's post."""

    user_id: int
    secretariat_id: int
    state: PostState = PostState.AWAY
    reason: str = ""
    since: datetime | None = None
    registered: bool = False
    call_id: UUID | None = None
    wrap_up_until: datetime | None = None
    wrap_up_call_id: UUID | None = None
    after_call: tuple[PostState, str] | None = None  # asked during a call, applied after it
    missed: int = 0
    phone_gone_at: datetime | None = None
    doubted_at: datetime | None = None  # her sound stopped in mid-call while her phone seems to be there
    mobile: str = ""  # an outside number rings in her phone's stead
    has_sip_phone: bool = False  # her phone is no browser: it stays when her screen is closed
    working_since: datetime | None = None  # the end of her last pause
    answered: list[datetime] = field(default_factory=list)  # of the last hour
    out_of_turn: int = 0
    last_call: tuple[UUID, str] | None = None  # and its caller's number
    abused_at: list[datetime] = field(default_factory=list)
    protected: dict[str, datetime] = field(default_factory=dict)  # number → until

    @property
    def can_ring(self) -> bool:
        """Say whether something rings when a call is offered to her."""
        return self.registered or bool(self.mobile)
