"""A time as a caller says it: the reader of the strip's free field, alone."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.scheduling.web.typed_time import read
from decroche.scheduling.web.typed_words import Wanted

#: Tuesday 24 November 2026, eight o'clock on the practice's clock.
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEDNESDAY, THURSDAY, FRIDAY, MONDAY = (
    date(2026, 11, 25),
    date(2026, 11, 26),
    date(2026, 11, 27),
    date(2026, 11, 30),
)
TODAY = NOW.date()
WORDS = [
    "mardi",
    "24",
    "10h30",
    "/11",
    "le",
    "après",
    "entre",
    "midi",
    "et",
    "deux",
    "en",
    "huit",
    "99h",
    "fin",
    "mars",
    "-",
]


def said(text: str) -> dict[str, object]:
    """Give only what was understood."""
    found = read(text, now=NOW)
    return {name: getattr(found, name) for name in Wanted.__slots__ if getattr(found, name) not in (None, ())}


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("mardi 10h30", TODAY, time(10, 30)),
        ("mardi 10 h 30 ?", TODAY, time(10, 30)),
        ("Mardi, 10:30", TODAY, time(10, 30)),
        ("mardi à 7h", date(2026, 12, 1), time(7)),  # seven o'clock is past today
        ("24/11 10:30", TODAY, time(10, 30)),
        ("24-11-2026 à 10h", TODAY, time(10)),
        ("le 3/3 à 9h", date(2027, 3, 3), time(9)),
        ("2026-12-01 9h", date(2026, 12, 1), time(9)),
        ("demain 9h", WEDNESDAY, time(9)),
        ("demain 9", WEDNESDAY, time(9)),
        ("demain à midi", WEDNESDAY, time(12)),
        ("demain midi et demi", WEDNESDAY, time(12, 30)),
        ("après-demain 16h", THURSDAY, time(16)),
        ("9 heures et quart demain", WEDNESDAY, time(9, 15)),
        ("jeudi 11h moins le quart", THURSDAY, time(10, 45)),
        ("jeudi neuf heures et demie", THURSDAY, time(9, 30)),
        ("jeudi 3h de l’après-midi", THURSDAY, time(15)),
        ("vendredi 3h", FRIDAY, time(15)),
        ("vendredi 6h du soir", FRIDAY, time(18)),
        ("vendredi 5h du matin", FRIDAY, time(5)),
        ("lundi en huit 14h", date(2026, 12, 7), time(14)),
        ("lundi en quinze, 14 h", date(2026, 12, 14), time(14)),
        ("mardi prochain 9h", date(2026, 12, 1), time(9)),
        ("mercredi 25 à 10 heures", WEDNESDAY, time(10)),
        ("mardi 14", TODAY, time(14)),  # no 14th is a Tuesday soon: an hour
        ("mardi 1er décembre à 8h", date(2026, 12, 1), time(8)),
        ("mar. 24 nov., 14 h 30", TODAY, time(14, 30)),  # as the screen itself writes it
        ("dans 2 jours à 9h", THURSDAY, time(9)),
        ("dans une semaine, 9h", date(2026, 12, 1), time(9)),
        ("le 3 à 10h", date(2026, 12, 3), time(10)),
        ("18 h", TODAY, time(18)),
        ("7h", WEDNESDAY, time(7)),  # past today
        ("29 février 9h", None, time(9)),
        ("tomorrow 2pm", WEDNESDAY, time(14)),
        ("Tuesday 10:30", TODAY, time(10, 30)),
        ("Friday 27 November 9am", FRIDAY, time(9)),
    ],
)
def test_a_moment(text: str, day: date | None, at: time) -> None:
    found = read(text, now=NOW)
    if day is not None:
        assert (found.day, found.at) == (day, at)
    else:
        assert found.rest, "a day that does not exist is given back, never guessed at"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("le 3 mars", {"day": date(2027, 3, 3)}),
        ("mardi", {"since": TODAY, "weekdays": (1,)}),
        ("lundi matin", {"since": MONDAY, "weekdays": (0,), "before": time(13)}),
        ("mardi ou jeudi matin", {"weekdays": (1, 3), "before": time(13)}),
        ("demain après-midi", {"day": WEDNESDAY, "after": time(13)}),
        ("cet après-midi", {"day": TODAY, "after": time(13)}),
        ("vendredi en fin de journée", {"since": FRIDAY, "weekdays": (4,), "after": time(17)}),
        ("après 17h", {"after": time(17)}),
        ("mercredi avant 9h30", {"since": WEDNESDAY, "weekdays": (2,), "before": time(9, 30)}),
        ("entre midi et deux", {"after": time(12), "before": time(14)}),
        ("entre 9h et 11h30", {"after": time(9), "before": time(11, 30)}),
        ("après le 3 mars, le matin", {"since": date(2027, 3, 4), "before": time(13)}),
        ("à partir du 3 mars", {"since": date(2027, 3, 3)}),
        ("d’ici vendredi", {"until": FRIDAY}),
        ("dès lundi", {"since": MONDAY}),
        ("autour du 15 janvier", {"around": date(2027, 1, 15)}),
        ("dans 15 jours", {"around": date(2026, 12, 9)}),
        ("dans trois semaines", {"around": date(2026, 12, 15)}),
        ("la semaine prochaine", {"since": MONDAY, "until": date(2026, 12, 6)}),
        ("semaine du 7 décembre", {"since": date(2026, 12, 7), "until": date(2026, 12, 13)}),
        ("le mois prochain", {"since": date(2026, 12, 1), "until": date(2026, 12, 31)}),
        ("fin décembre", {"since": date(2026, 12, 21), "until": date(2026, 12, 31)}),
        ("pas le mercredi", {"weekdays": (0, 1, 3, 4, 5, 6)}),
        ("le week-end", {"weekdays": (5, 6)}),
        ("le plus tôt possible", {"since": TODAY}),
        ("mercredi 24/11", {"day": TODAY, "wrong_weekday": 2}),
        ("jeudi avec Vasseur", {"since": THURSDAY, "weekdays": (3,), "rest": ("vasseur",)}),
        ("bonjour", {"rest": ("bonjour",)}),
        ("", {}),
    ],
)
def test_less_than_a_moment_narrows_the_list(text: str, expected: dict[str, object]) -> None:
    assert said(text) == expected


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_given_back(text: str) -> None:
    found = read(text, now=NOW)
    assert found.at is None or isinstance(found.at, time)


@given(st.lists(st.sampled_from(WORDS)))
def test_words_in_any_order_never_break_it(words: list[str]) -> None:
    read(" ".join(words), now=NOW)


@given(st.dates(TODAY, date(2027, 11, 20)), st.times())
def test_what_the_screen_writes_is_read_back(day: date, at: time) -> None:
    at = at.replace(second=0, microsecond=0)
    found = read(f"{day:%d/%m/%Y} {at:%H:%M}", now=NOW)
    assert (found.day, found.at) == (day, at)
