"""Read what surrounds a conversation: who else is in it, who waits beside it, whom it may be passed to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef

from decroche.accounts.models import User
from decroche.calls import wording_reasons
from decroche.calls.domain.call import WITH_SECRETARY, CallState, PartyState
from decroche.calls.domain.outgoing import Consent as GivenConsent
from decroche.calls.domain.outgoing import Dial, NotDialled, Shown, judge, shown_number
from decroche.calls.domain.post import PostState
from decroche.calls.domain.reachability import Passage, passage
from decroche.calls.domain.routing import Urgency
from decroche.calls.models import (
    Call,
    KnownCaller,
    MobilePhone,
    NumberConsent,
    PhoneCredential,
    PhoneDevice,
    Post,
    RecordingRule,
)
from decroche.calls.switchboard.directory import outgoing_of, reachability_of
from decroche.kernel import phone
from decroche.practices import queries as practices
from decroche.practices.models import Line, Practice, Practitioner
from decroche.ui import formats

MOST_BESIDE = 60


class Role(StrEnum):
    """Name what a person is in the call that her post shows."""

    HAND = "hand"  # she speaks with the caller
    PARTY = "party"  # a colleague asks her something
    LISTENER = "listener"  # she lends an ear


@dataclass(frozen=True, slots=True)
class RingsOn:
    """Say where somebody's calls ring when it is not her computer."""

    mobile: bool = False
    sip: bool = False

    @property
    def elsewhere(self) -> bool:
        return self.mobile or self.sip


def rings_on(user: User, *, now: datetime) -> RingsOn:
    """Return where her calls ring (one query)."""
    mobile = MobilePhone.objects.filter(user=OuterRef("pk"), rings_until__gt=now)
    sip = PhoneCredential.objects.filter(
        user=OuterRef("pk"), device=PhoneDevice.SIP, revoked_at=None, expires_at__gt=now
    )
    found = User.objects.filter(pk=user.pk).values_list(Exists(mobile), Exists(sip)).first()
    on_mobile, on_sip = found or (False, False)
    return RingsOn(mobile=on_mobile, sip=on_sip and not on_mobile)


@dataclass(frozen=True, slots=True)
class Talk:
    """Say who is in a call and who hears whom, as one of them sees it."""

    role: Role
    party: str = ""  # the third person's name, empty: nobody
    party_state: str = ""
    listener: str = ""
    listening: str = ""
    may_record: bool = False
    secretary: str = ""

    @property
    def hears_caller(self) -> bool:
        """Say whether secretary and caller hear each other."""
        return self.party_state in {PartyState.NONE, PartyState.WAITING, PartyState.JOINED}

    @property
    def hears_party(self) -> bool:
        """Say whether secretary and third person hear each other."""
        return self.party_state in {PartyState.CONSULTED, PartyState.JOINED}

    @property
    def they_hear(self) -> bool:
        """Say whether caller and third person hear each other."""
        return self.party_state == PartyState.JOINED


@dataclass(frozen=True, slots=True)
class Beside:
    """Hold who waits and who is parked while one speaks, the longest first."""

    waiting: list[Call]
    parked: list[Call]


def talk_of(call: Call, user: User, *, now: datetime) -> Talk:
    """Say who is in a call (at most two queries)."""
    role = role_of(call, user)
    has_party = bool(call.party_state) and not (
        call.secretary_id == call.party_user_id and call.party_user_id is not None
    )
    return Talk(
        role,
        party=_party_name(call) if has_party else "",
        party_state=call.party_state if has_party else "",
        listener=call.listener.display_name if call.listener is not None and call.listening else "",
        listening=call.listening,
        may_record=role is Role.HAND and call.state in WITH_SECRETARY and _may_record(call, now),
        secretary=call.secretary.display_name if call.secretary else "",
    )


def role_of(call: Call, user: User) -> Role:
    """Say what a person is in a call that her post shows."""
    if call.listener_id == user.pk:
        return Role.LISTENER
    if call.party_user_id == user.pk and call.party_state and call.secretary_id != user.pk:
        return Role.PARTY
    return Role.HAND


def _party_name(call: Call) -> str:
    if call.party_user is not None:
        return call.party_user.display_name
    rows = Practitioner.objects.filter(practice_id=call.practice_id or 0, is_active=True)
    region = call.practice.country_code if call.practice else "FR"
    for row in rows:
        if row.phone and phone.parse_or_none(row.phone, region=region) == call.party_number:
            return row.display_name
    return formats.phone(call.party_number)


def _may_record(call: Call, now: datetime) -> bool:
    if call.line_id is None or call.practice is None:
        return False
    today = now.astimezone(call.practice.zone).date()
    found: bool = RecordingRule.objects.filter(
        line_id=call.line_id, ended_at=None, starts_on__lte=today, ends_on__gt=today
    ).exists()
    return found


def beside(practice_ids: Collection[int]) -> Beside:
    """Return who waits and who is parked in these practices (one query)."""
    states = [CallState.RINGING_IN.value, CallState.WAITING.value, CallState.PARKED.value]
    rows = (
        Call.objects.filter(practice_id__in=practice_ids, state__in=states)
        .select_related("practice", "parked_by")
        .order_by("-urgency", "arrived_at")[:MOST_BESIDE]
    )
    waiting: list[Call] = []
    parked: list[Call] = []
    for row in rows:
        (parked if row.state == CallState.PARKED else waiting).append(row)
    return Beside(waiting, parked)


# --- whom a call may be passed to ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doctor:
    """Hold a practitioner of the practice called, and whether this caller may be put through."""

    practitioner: Practitioner
    number: str  # E.164; empty: none on file
    passage: Passage

    @property
    def sentence(self) -> str:
        """Return what is said of it beside the name."""
        return wording_reasons.reach(self.passage.why)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Hold a secretary at her post who answers for the practice called."""

    post: Post
    rings_on_mobile: bool

    @property
    def may(self) -> bool:
        """Say whether her phone can ring now."""
        return self.post.state in {PostState.AVAILABLE, PostState.PAUSED, PostState.WRAP_UP} and (
            self.post.registered or self.rings_on_mobile
        )


def doctors_of(call: Call, *, now: datetime) -> list[Doctor]:
    """Return the practitioners of the practice called, and whether each may be disturbed (two queries)."""
    if call.practice is None:
        return []
    let_through = dict(
        KnownCaller.objects.filter(practice=call.practice, is_put_through=True).values_list("number", "label")
    )
    rows = Practitioner.objects.filter(practice=call.practice, is_active=True)
    return [
        Doctor(
            row,
            phone.parse_or_none(row.phone, region=call.practice.country_code) or "" if row.phone else "",
            passage(
                reachability_of(row, let_through),
                caller_number=call.caller_number,
                urgency=Urgency(call.urgency),
                now=now,
            ),
        )
        for row in rows.select_related("reachability")
    ]


def colleagues_of(call: Call, user: User, *, now: datetime) -> list[Colleague]:
    """Return who else answers for the practice called and is at her post (three queries)."""
    if call.practice_id is None:
        return []
    secretariats = practices.secretariats_of(call.practice_id, today=now.date())
    posts = (
        Post.objects.filter(secretariat_id__in=secretariats, user__is_active=True)
        .exclude(user=user)
        .exclude(state=PostState.AWAY.value)
        .select_related("user")
        .order_by("user__last_name", "user__first_name")
    )
    mobiles = set(MobilePhone.objects.filter(rings_until__gt=now).values_list("user_id", flat=True))
    found = [Colleague(post, post.user_id in mobiles) for post in posts]
    return sorted(found, key=lambda one: not one.may)


# --- calling out -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Advice:
    """Say whether a number may be called, and which number it would show."""

    shown: Shown
    dial: Dial | NotDialled

    @property
    def may(self) -> bool:
        """Say whether it may be called."""
        return isinstance(self.dial, Dial)

    @property
    def is_emergency(self) -> bool:
        """Say whether it is a number of the emergency services, which never goes through us."""
        return self.dial is NotDialled.EMERGENCY_NUMBER

    @property
    def sentence(self) -> str:
        """Return why it may not be called."""
        return wording_reasons.not_dialled(self.dial) if isinstance(self.dial, NotDialled) else ""


def dial_advice(*, secretariat_id: int, practice: Practice | None, typed: str, now: datetime) -> Advice:
    """Say what would come of calling a number for a practice (five queries)."""
    fact = outgoing_of(secretariat_id, now=now)
    line, consents = _shown_line(practice)
    shown = shown_number(
        practice_number=line.number if line else "",
        consents=consents,
        secretariat_number=fact.number,
        now=now,
    )
    region = practice.country_code if practice else "FR"
    return Advice(shown, judge(typed, rules=fact.rules, region=region, spent=fact.spent))


def numbers_of(practice: Practice) -> list[tuple[str, str]]:
    """Return the numbers of a practice itself and of its practitioners, by name (one query)."""
    named = [(practice.name, practice.phone)]
    rows = Practitioner.objects.filter(practice=practice, is_active=True).exclude(phone="")
    named += [(row.display_name, row.phone) for row in rows]
    read = [
        (name, phone.parse_or_none(typed, region=practice.country_code)) for name, typed in named if typed
    ]
    return [(name, number) for name, number in read if number]


def _shown_line(practice: Practice | None) -> tuple[Line | None, tuple[GivenConsent, ...]]:
    """Return the line that would be shown: one with a consent on file, else any."""
    if practice is None:
        return None, ()
    lines = list(Line.objects.filter(practice=practice, is_active=True).order_by("pk"))
    given = {
        row.line_id: row for row in NumberConsent.objects.filter(line__practice=practice, withdrawn_at=None)
    }
    line = next((line for line in lines if line.pk in given), next(iter(lines), None))
    consent = given.get(line.pk) if line else None
    if line is None or consent is None:
        return line, ()
    return line, (GivenConsent(line.number, consent.given_at),)


# --- supervising -----------------------------------------------------------------------------------


def conversations(secretariat_ids: Collection[int], *, but: User) -> list[Call]:
    """Return who of these secretariats speaks now, for which practice, the longest first (one query)."""
    rows = (
        Call.objects.filter(
            secretary__post__secretariat_id__in=list(secretariat_ids),
            state__in=[state.value for state in WITH_SECRETARY],
        )
        .exclude(secretary=but)
        .select_related("practice", "secretary", "listener", "line")
        .order_by("answered_at")
    )
    return list(rows)
