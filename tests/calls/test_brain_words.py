"""Every refusal and every step of a call has its sentence; what callers are told is said as one speaks."""

from datetime import timedelta

import pytest

from decroche.calls import wording
from decroche.calls.domain.callflow import Sound
from decroche.calls.ports import Prompt
from decroche.calls.switchboard import spoken
from decroche.calls.switchboard.orders import Refusal
from decroche.calls.switchboard.records import StepKind

DETAIL = {
    "moment": "open",
    "how": "listen",
    "urgency": 2,
    "digit": "1",
    "number": "+33611111111",
    "position": 2,
}
UNSAID = wording.refusal("something of another time")


@pytest.mark.parametrize("refusal", [one for one in Refusal if one is not Refusal.UNKNOWN_ORDER])
def test_every_refusal_has_its_own_sentence(refusal: Refusal) -> None:
    said = wording.refusal(refusal)
    assert said != UNSAID
    assert said.endswith(".")
    assert len(refusal.value) <= 20, "the column holds no more"


@pytest.mark.parametrize("kind", list(StepKind))
def test_every_step_has_its_own_sentence(kind: StepKind) -> None:
    how = "all" if kind is StepKind.MIXED else "listen"
    said = wording.step(kind, DETAIL | {"how": how}, "Mme Diallo")
    assert said
    assert said != kind.value
    assert "%(" not in said
    assert len(kind.value) <= 20, "the column holds no more"


def test_a_third_person_without_a_number_is_a_colleague() -> None:
    assert wording.step(StepKind.PARTY_RUNG, {"user": 3}, "Mme Diallo") == "Mme Diallo appelle une collègue"
    assert wording.step(StepKind.GIVEN, {"user": 3}, "") == "Passé à une collègue"


def test_a_place_in_the_line_is_told_as_one_speaks() -> None:
    def told(position: int, seconds: int | None) -> str:
        expected = None if seconds is None else timedelta(seconds=seconds)
        return spoken.waiting(Sound("Merci de patienter."), position=position, expected=expected).text

    assert told(0, 300) == "Merci de patienter."
    assert told(1, 40).endswith("le prochain à être mis en relation. L’attente est d’environ une minute.")
    assert told(3, 200).endswith("Vous êtes en position 3. L’attente est d’environ 4 minutes.")
    assert told(30, 4000).endswith("L’attente dépasse 15 minutes.")
    assert told(2, None).endswith("Vous êtes en position 2.")


def test_a_recorded_waiting_message_is_played_unless_a_place_must_be_said() -> None:
    recorded = Sound("Merci.", "lines/3/abc")
    assert spoken.waiting(recorded, position=0, expected=None).sound == "lines/3/abc"
    assert spoken.waiting(recorded, position=2, expected=None).text == "Merci. Vous êtes en position 2."


def test_a_text_is_kept_beside_its_recording_for_the_day_when_the_file_is_missing() -> None:
    assert spoken.prompt(Sound("Le cabinet est fermé.", "lines/3/lost")) == Prompt(
        text="Le cabinet est fermé.", sound="lines/3/lost"
    )


@pytest.mark.parametrize(
    ("greeting", "heard"),
    [
        ("Cabinet du Dr. Roy, urgences. Ne quittez pas.", "Cabinet du Dr. Roy, urgences."),
        ("Urgences ! Parlez.", "Urgences !"),
        ("Urgences", "Urgences"),
        ("", ""),
    ],
)
def test_an_emergency_hears_the_first_sentence(greeting: str, heard: str) -> None:
    assert spoken.first_sentence(Sound(greeting)).text == heard
