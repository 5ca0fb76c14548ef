"""Put in words what callers are told by a voice: their place in the line, and that we call back.

Patients hear French, whatever language a secretary's screens speak.
"""

from datetime import timedelta
from math import ceil

from decroche.calls.domain.callflow import Sound
from decroche.calls.ports import Prompt

LONGEST_TOLD = 15  # minutes; beyond that a figure only frightens


def prompt(sound: Sound) -> Prompt:
    """Return what the exchange is to play: the recording when it has the file, else the text."""
    return Prompt(text=sound.text, sound=sound.file)


def first_sentence(sound: Sound) -> Prompt:
    """Return the shortest greeting that still says where one is: an emergency is not to listen for long."""
    if sound.file or not sound.text:
        return prompt(sound)
    for place, character in enumerate(sound.text):
        if character in ".!?" and not sound.text[:place].endswith((" Dr", " Pr", " M", " Mme")):
            return Prompt(text=sound.text[: place + 1])
    return prompt(sound)


def waiting(sound: Sound, *, position: int, expected: timedelta | None) -> Prompt:
    """Return what a caller who waits is told: the practice's own words, his place, how long it may take."""
    if sound.file and not position:
        return prompt(sound)
    said = [sound.text.strip()] if sound.text.strip() else []
    if position == 1:
        said.append("Vous êtes le prochain à être mis en relation.")
    elif position > 1:
        said.append(f"Vous êtes en position {position}.")
    minutes = ceil(expected.total_seconds() / 60) if position and expected else 0
    if minutes == 1:
        said.append("L’attente est d’environ une minute.")
    elif 1 < minutes <= LONGEST_TOLD:
        said.append(f"L’attente est d’environ {minutes} minutes.")
    elif minutes > LONGEST_TOLD:
        said.append(f"L’attente dépasse {LONGEST_TOLD} minutes.")
    return Prompt(text=" ".join(said))


def we_call_back() -> Prompt:
    """Return the goodbye to somebody whom we had called, and whom nobody can take back."""
    return Prompt(text="La communication a été interrompue. Nous vous rappelons dès que possible.")


def closed() -> Prompt:
    """Return what a closed line says whose practice has written nothing."""
    return Prompt(text="Le cabinet est fermé pour le moment. Merci de rappeler aux heures d’ouverture.")
