"""What the picture and the story say is what the switchboard will do, whatever is set up."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.calls.domain.callflow import Then, treat
from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import TeamStep
from decroche.calls.models import Action, CallPlan, Forwarding, LineKind, MenuChoice, Operator, Treatment
from decroche.calls.queries_plans import hours_of, plan_of
from decroche.calls.web.lines.codes import diallings, national
from decroche.calls.web.lines.picture import picture
from decroche.calls.web.lines.story import Asked, beats_of, read_asked, story
from decroche.calls.web.lines.words import ended, has_emergency_words, lasting, to_whom
from decroche.practices.models import Line, Practice
from decroche.ui import formats

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NUMBER = "+33612345678"
ACTIONS = list(Action)
MOMENTS = [moment for moment in LineMoment if moment is not LineMoment.OPEN]
said = st.text("abc é", max_size=12).map(str.strip)


class Rows(list[Any]):
    """Stand for what a manager gives, without a database."""

    def all(self) -> "Rows":
        return self


def page_of(
    *, row: dict[str, Any], line: dict[str, Any], treatments: list[Treatment], choices: list[MenuChoice]
) -> Any:
    """Return the page of a line that stands in no database."""
    practice = Practice(name="Cabinet", timezone="Europe/Paris")
    whole = Line(practice=practice, number="+33199000001", **line)
    plan = CallPlan(line=whole, pk=1, **row)
    held = SimpleNamespace(
        **{name: getattr(plan, name) for name in (f.attname for f in CallPlan._meta.concrete_fields)},
        pk=1,
        line=whole,
        replacement=None,
        hours=Rows(),
        closures=Rows(),
        treatments=Rows(treatments),
        choices=Rows(choices),
        team_steps=Rows(),
    )
    values, hours = plan_of(held), hours_of(held)  # type: ignore[arg-type]
    return SimpleNamespace(
        row=held, line=whole, practice=practice, plan=values, hours=hours, now=NOW, mandates=(object(),), teams=(),
        moment=SimpleNamespace(what=LineMoment.OPEN, until=None), local=lambda at: at.astimezone(practice.zone),
        secretariat_name=lambda _: "",
    )  # fmt: skip


@st.composite
def pages(draw: st.DrawFn) -> Any:
    digits = draw(st.lists(st.sampled_from("0123456789*#"), unique=True, max_size=3))
    return page_of(
        row={
            "kind": draw(st.sampled_from(list(LineKind))).value,
            "has_voicemail": draw(st.booleans()),
            "waiting": draw(st.sampled_from(["music", "quiet"])),
            "tells_position": draw(st.booleans()),
            "menu_text": draw(said),
            "wait_at_most_seconds": draw(st.integers(20, 1800)),
        },
        line={"greeting": draw(said), "fallback_number": draw(st.sampled_from(["", NUMBER]))},
        treatments=[
            Treatment(moment=moment.value, action=draw(st.sampled_from(ACTIONS)).value, text=draw(said), number=NUMBER)
            for moment in draw(st.lists(st.sampled_from(MOMENTS), unique=True))
        ],
        choices=[
            MenuChoice(digit=digit, label=f"choix {digit}", action=draw(st.sampled_from(ACTIONS)).value,
                       text=draw(said), number=NUMBER)
            for digit in digits
        ],
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(page=pages(), what=st.sampled_from(list(LineMoment)))
def test_the_story_ends_as_the_switchboard_will(page: Any, what: LineMoment) -> None:
    told = beats_of(page, what)
    done = treat(page.plan, what)
    icons = [beat.icon for beat in told]
    last = icons[-1]
    match done.then:
        case Then.VOICEMAIL:
            assert last == "voicemail"
        case Then.SAY:
            assert last == "phone-off"
        case Then.NUMBER:
            assert formats.phone(done.number) in " ".join(beat.text for beat in told)
        case Then.TEAM:
            assert "headset" in icons
            assert last == ("voicemail" if page.row.has_voicemail else "phone-off")
        case Then.MENU:
            keys = told[-1].keys
            assert [digit for digit, _ in keys] == [c.digit for c in page.plan.menu.choices] + ["–"]
    assert all(beat.text for beat in told)


@settings(max_examples=150, deadline=None)
@given(page=pages(), what=st.sampled_from(MOMENTS))
def test_each_moment_of_the_picture_says_what_comes_first(page: Any, what: LineMoment) -> None:
    drawn = picture(page)
    station = next(one for one in drawn.moments if one.name == f"moment-{what.value}")
    done = treat(page.plan, what)
    words = {
        Then.VOICEMAIL: "Message vocal, puis rappel",
        Then.NUMBER: f"Vers le {formats.phone(done.number)}",
        Then.TEAM: "Les secrétaires répondent",
    }
    if done.then in words:
        assert station.text == words[done.then]
    else:
        assert station.text.startswith("Message")


@settings(max_examples=60, deadline=None)
@given(page=pages())
def test_the_stations_that_a_story_passes_are_on_the_picture(page: Any) -> None:
    drawn = picture(page)
    names = {one.name for one in (*drawn.lane, *drawn.moments, drawn.hours, drawn.number, drawn.waiting)}
    for what in LineMoment:
        for beat in beats_of(page, what):
            assert set(beat.stations) <= names
    assert story(page, NOW).title.startswith("Lundi 23 novembre à 10\u202fh")


@pytest.mark.parametrize(
    ("text", "knows"),
    [
        ("composez le 15", True),
        ("le 112.", True),
        ("le 15,", True),
        ("01 15 20", True),
        ("150 ou 1125", False),
        ("", False),
    ],
)
def test_the_sentence_for_emergencies_is_recognised(text: str, knows: bool) -> None:
    assert has_emergency_words(text) is knows


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5\u202fs"), (60, "1 min"), (90, "1 min 30\u202fs"), (1800, "30 min")]
)
def test_delays_are_short(seconds: int, words: str) -> None:
    assert lasting(timedelta(seconds=seconds)).replace("\u202f", " ").replace("\xa0", " ") == words.replace(
        "\u202f", " "
    )


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Il entend «\u202fJe vous écoute.\u202f».", "Il entend «\u202fJe vous écoute.\u202f»"),
        ("Il entend «\u202fÀ bientôt\u202f».", "Il entend «\u202fÀ bientôt\u202f»."),
        ("He hears “Who is it?”.", "He hears “Who is it?”"),
    ],
)
def test_a_sentence_has_one_full_stop(sentence: str, told: str) -> None:
    assert ended(sentence) == told


def test_a_step_is_named_as_one_speaks() -> None:
    page = page_of(row={}, line={"greeting": "Bonjour."}, treatments=[], choices=[])
    page.secretariat_name = lambda pk: "Horizon" if pk == 1 else ""
    assert to_whom(page, TeamStep()) == "à toutes les secrétaires"
    assert to_whom(page, TeamStep(secretariat_id=1)) == "au secrétariat Horizon"
    assert to_whom(page, TeamStep(secretariat_id=2)) == "à un autre secrétariat"
    assert to_whom(page, TeamStep(user_ids=frozenset({4}))) == "à une équipe"


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("when=now", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("when=lunch", datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        ("when=sunday", datetime(2026, 11, 29, 11, tzinfo=UTC)),
        ("when=night", datetime(2026, 11, 23, 23, tzinfo=UTC)),
        ("when=other&day=2027-02-01&time=08:05", datetime(2027, 2, 1, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(query: str, at: datetime) -> None:
    assert read_asked(QueryDict(query), now=NOW).at == at


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_moment_typed_is_understood_or_said_not_to_be(day: str, hour: str) -> None:
    query = QueryDict(mutable=True)
    query.update({"when": "other", "day": day, "time": hour})
    assert isinstance(read_asked(query, now=NOW), Asked)


# --- what to dial -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", [one for one in Operator if one is not Operator.OTHER])
@pytest.mark.parametrize("scenario", list(Forwarding))
def test_every_known_operator_has_keys_for_every_scenario(operator: str, scenario: str) -> None:
    for one in diallings(operator, scenario, "+596596123456"):
        assert one.start == f"*{one.service}*0596123456#"
        assert (one.stop, one.ask) == (f"#{one.service}#", f"*#{one.service}#")
    assert diallings("other", scenario, NUMBER) == ()


def test_a_number_abroad_is_dialled_with_two_noughts() -> None:
    assert national("+33199000001") == "0199000001"
    assert national("+3225112233").startswith("0032")


def test_who_is_greeted_by_nobody_is_told_to_hear_it_ring_first() -> None:
    def told(greeting: str, **row: Any) -> str:
        page = page_of(row=row, line={"greeting": greeting}, treatments=[], choices=[])
        return " ".join(beat.text for beat in beats_of(page, LineMoment.OPEN))

    assert "Il entend d’abord sonner, 6\u202fs au plus. Il patiente en musique" in told("")
    assert "sonner" not in told("Cabinet, bonjour.")
