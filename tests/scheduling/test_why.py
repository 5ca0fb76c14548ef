"""Why not, said aloud."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from decroche.scheduling.domain.asking import Answer, Channel, Why
from decroche.scheduling.web.words import why_sentence

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2026, 11, 24, 20, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _in_2026(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 1, tzinfo=UTC))


def said(why: Why, name: str = "Dr Roussel", **more) -> str:
    answer = Answer(False, why, 1, name, 2, "Bilan", AT, AT, **more)
    return why_sentence(answer).replace("\u202f", " ")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("why", "more", "sentence"),
    [
        (
            Why.NO_NEW_PATIENTS,
            {"until_day": date(2026, 12, 2)},
            "Le docteur Roussel ne prend pas de nouveaux patients avant le jeudi 3 décembre.",
        ),
        (Why.NO_NEW_PATIENTS, {}, "Le docteur Roussel ne prend pas de nouveaux patients."),
        (Why.CLOSED, {}, "Le docteur Roussel ne reçoit pas le mardi 24 novembre à 20 h."),
        (
            Why.ABSENT,
            {"until": at(30), "detail": "opération"},
            "Le docteur Roussel s’absente jusqu’au dimanche 29 novembre inclus.",
        ),
        (
            Why.ABSENT,
            {"until": at(25, 14)},
            "Le docteur Roussel s’absente jusqu’au mercredi 25 novembre à 14 h.",
        ),
        (
            Why.HOLIDAY,
            {"until": at(25)},
            "Le docteur Roussel ne reçoit pas le mardi 24 novembre : jour férié.",
        ),
        (
            Why.NOT_RELEASED,
            {"until": at(24, 8)},
            "Ce créneau n’ouvre à la réservation que le mardi 24 novembre à 8 h.",
        ),
        (
            Why.NOT_OFFERED,
            {"from_day": date(2027, 3, 1)},
            "Le docteur Roussel ne reçoit pour « Bilan » qu’à partir du lundi 1er mars 2027.",
        ),
        (Why.AFTER_THE_END, {"until": at(24, 17)}, "Le docteur Roussel finit à 17 h ce jour-là."),
        (Why.RESERVED, {"reserved_for": "emergency"}, "Ce créneau est réservé aux urgences."),
        (
            Why.EMERGENCY_KEPT,
            {"count": 1},
            "Le docteur Roussel garde un créneau d’urgence par demi-journée, et c’est celui-ci.",
        ),
        (
            Why.NO_PAUSE,
            {"count": 4},
            "Le docteur Roussel souhaite une pause après 4 rendez-vous d’affilée.",
        ),
        (
            Why.NOT_THIS_CHANNEL,
            {"channel": Channel.ONLINE},
            "« Bilan » ne se prend pas en ligne : appelez le cabinet.",
        ),
        (Why.RESOURCE_BUSY, {"detail": "Échographe"}, "Déjà en service à cette heure-là : Échographe."),
    ],
)
def test_each_reason_is_a_sentence_to_read_aloud(why, more, sentence) -> None:
    assert said(why, **more) == sentence


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words_even_when_little_is_known(why) -> None:
    more = {"reserved_for": "new"} if why == Why.RESERVED else {}
    sentence = said(why, name="Claire Morel", **more)
    assert sentence.endswith(".")
    assert "%" not in sentence


def test_a_free_time_needs_no_words() -> None:
    assert why_sentence(Answer(True, None, 1, "Dr Roussel", 2, "Bilan", AT, AT)) == ""
