"""Every message of the demo world, by practice."""

from decroche.demo.texts.notes_a import NOTES_A
from decroche.demo.texts.notes_b import NOTES_B

NOTES = NOTES_A | NOTES_B
