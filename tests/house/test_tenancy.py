"""The tenant matrix: every address × every role × a practice that is not theirs.

The addresses come from the resolver, so a new one is tried from its first day, and one that
declares no permission fails before anything else.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse

from decroche.accounts.domain.permissions import GRANTS, Permission, Role
from decroche.foundation.tenancy import every_practice
from decroche.patients.models import Patient
from tests.house.doors import Door, doors
from tests.house.rows import every_row_of
from tests.house.world import FOREIGN_WORDS, World

ALL = doors()
GUARDED = [door for door in ALL if not door.is_public and not door.is_by_key]
WITH_ROWS = [door for door in GUARDED if door.names_rows]
PERMITTED = [door for door in GUARDED if isinstance(door.guard, Permission)]
TYPED = {"text", "q", "caller_number"}
OUTSIDERS = (
    "secretary",
    "supervisor",
    "practitioner",
    "staff",
    "administrator",
    "nobody",
    "unsigned",
    "lapsed",
    "early",
)
ROLES = {
    "secretary": Role.SECRETARY,
    "supervisor": Role.SUPERVISOR,
    "practitioner": Role.PRACTITIONER,
    "staff": Role.STAFF,
    "administrator": Role.ADMINISTRATOR,
}
# An administrator composes every team, so no team is foreign to one.
EVERY_TEAM = {"accounts:team", "accounts:withdraw_member", "accounts:withdraw_invitation"}
# Doors that are rightly shut on a row one may otherwise see; each with its reason.
SHUT_AT_HOME = {
    "calls:line_sound": "the line of this world says nothing recorded",
    "calls:voicemail": "the call of this world left no voice message",
    "calls:recording": "the recording of this world has no sound file",
    "calls:lend_ear": "nobody is in conversation in this world",
    "calls:teams_cell": "a cell is named in the form, which is empty here",
    "calls:known_switch": "the switch is named in the form, which is empty here",
    "messages:voicemail": "the follow-up of this world has no sound file",
    "agenda:hold": "a hold is its holder's own",
    "agenda:confirm": "a hold is its holder's own",
    "agenda:renew": "a hold is its holder's own",
    "agenda:release": "a hold is its holder's own",
    "agenda:change_type": "a hold is its holder's own",
    "desk:call": "the call of this world is over and was another secretary's",
    "accounts:team": "a practitioner composes a practice, and the sample team is a secretariat",
    "accounts:withdraw_member": "as above",
    "accounts:withdraw_invitation": "as above",
}


def _id(door: Door) -> str:
    return door.name


def _tries(world: World, role: str, address: str, body: dict[str, Any] | None = None) -> list[HttpResponse]:
    """Knock by GET and by POST; what came of it is taken back before the next one knocks."""
    client = world.clients[role]
    here = transaction.savepoint()
    answers = [client.get(address, _without_words(body)), client.post(address, body or {})]
    transaction.savepoint_rollback(here)
    return answers


def _without_words(body: dict[str, Any] | None) -> dict[str, Any]:
    """Leave out what only ever travels in a body: no patient's name or number stands in an address."""
    return {name: value for name, value in (body or {}).items() if name not in TYPED}


def test_every_door_says_who_may_enter() -> None:
    open_to_all = [door.name for door in ALL if door.guard is None]
    advice = "put @requires(Permission.…), @signed_in or @public(reason=…) on the view of"
    assert not open_to_all, "\n".join([advice, *open_to_all])
    short = [
        door.name for door in ALL if door.is_public and len(door.guard.removeprefix("public: ").split()) < 4
    ]
    assert not short, "\n".join(["say in a sentence why anybody may enter", *short])


@pytest.mark.parametrize("door", WITH_ROWS, ids=_id)
def test_a_foreign_practice_s_rows_do_not_exist(
    door: Door, house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Thousands of pages that say so, of which only the code is asked here; the next stories read them.
    monkeypatch.setattr("decroche.ui.errors.render", lambda *_page, status: HttpResponse(status=status))
    address = door.address(house.foreign)
    for role in OUTSIDERS:
        if role == "administrator" and door.name in EVERY_TEAM:
            continue
        answers = _tries(house, role, address)
        codes = {answer.status_code for answer in answers}
        assert codes <= {404, 405}, f"{role} got {codes} from {address}"
        assert 404 in codes, f"{address} answers neither GET nor POST"


@pytest.mark.parametrize("door", GUARDED, ids=_id)
def test_nobody_enters_without_signing_in(door: Door, house: World) -> None:
    for answer in _tries(house, "anonymous", door.address(house.home)):
        assert answer.status_code in {302, 405}, f"{door.name} answered {answer.status_code} to a stranger"
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("door", GUARDED, ids=_id)
def test_at_home_each_role_enters_where_its_permission_says_and_sees_its_own_practices_only(
    door: Door, house: World
) -> None:
    address = door.address(house.home)
    for name in OUTSIDERS:
        if name not in ROLES and door.names_rows:
            continue  # the rows of home are as foreign to them as those of abroad are
        answers = _tries(house, name, address)
        if name in ROLES and isinstance(door.guard, Permission):
            _assert_opens_as_permitted(answers, name, door)
        if not door.names_rows and not (name == "administrator" and door.name == "accounts:people"):
            for answer in answers:
                _assert_silent(answer, name, door)


def _assert_opens_as_permitted(answers: list[HttpResponse], name: str, door: Door) -> None:
    codes = {answer.status_code for answer in answers}
    if door.guard not in GRANTS[ROLES[name]]:
        assert codes <= {404, 405}, f"{name} may not {door.guard} but got {codes} from {door.name}"
    elif door.name not in SHUT_AT_HOME and not (name == "administrator" and door.names_rows):
        assert codes - {404, 405}, f"{name} may {door.guard} but {door.name} does not open"


@pytest.mark.parametrize("door", PERMITTED, ids=_id)
def test_ids_smuggled_into_a_form_open_nothing_and_change_nothing(
    door: Door, house: World, as_built: dict[str, str]
) -> None:
    """Ask home addresses about foreign rows: by field, by query, by search."""
    address = door.address(house.home)
    for contraband in _contraband(house, door):
        here = transaction.savepoint()
        for role in _who_may(door):
            client = house.clients[role]
            for answer in (client.get(address, _without_words(contraband)), client.post(address, contraband)):
                _assert_silent(answer, role, door, typed=contraband["text"])
        assert every_row_of(house.foreign.practice.pk) == as_built, (
            f"a foreign row changed through {door.name}"
        )
        transaction.savepoint_rollback(here)


def test_a_foreign_row_that_changed_would_be_seen(house: World, as_built: dict[str, str]) -> None:
    assert every_row_of(house.foreign.practice.pk) == as_built
    with every_practice():
        Patient.objects.filter(practice=house.foreign.practice).update(birth_name="Autrement")
    found = every_row_of(house.foreign.practice.pk)
    assert "Patient" in {name for name, digest in found.items() if digest != as_built[name]}


def _who_may(door: Door) -> list[str]:
    """Return the roles that the door lets in; an administrator's list of teams is every team."""
    allowed = [name for name, role in ROLES.items() if door.guard in GRANTS[role]]
    return [name for name in allowed if not (name == "administrator" and door.name.startswith("accounts:"))]


def _contraband(world: World, door: Door) -> Iterable[dict[str, Any]]:
    """Yield bodies full of foreign ids and words; doors that may search are asked for each sort of word."""
    ids = world.foreign.kwargs
    by_id = {
        **ids,
        **{name.removesuffix("_id"): value for name, value in ids.items()},
        "with": ids["practitioner_id"],
        "shown": ids["practitioner_id"],
        "moving": ids["appointment_id"],
        "call": ids["call_id"],
        "type": ids["visit_type_id"],
        "visit_types": [ids["visit_type_id"]],
        "slot": f"{ids['practitioner_id']}.{ids['site_id']}.30000000",
        "object": ids["patient_id"],
        "status": "arrived",
        "reason": "à la demande du patient",
        "outcome": "booked",
        "body": "texte",
        "answer": "texte",
    }
    may_search = door.names <= {"practice_id"}
    for kind in ("patient", "number", "practice") if may_search else ("patient",):
        word = FOREIGN_WORDS[kind]
        yield by_id | {"text": word, "q": word, "caller_number": FOREIGN_WORDS["number"]}


def _assert_silent(answer: HttpResponse, role: str, door: Door, typed: str = "") -> None:
    """Let the answer show no foreign word; what one typed oneself may be written back in its box."""
    if answer.streaming or "Location" in answer.headers:
        return
    page = answer.content.decode(errors="replace")
    echoed = {typed, FOREIGN_WORDS["number"]} if typed else set[str]()
    for kind, word in FOREIGN_WORDS.items():
        assert word in echoed or word not in page, f"{door.name} showed {role} a foreign {kind}: {word}"
