"""Say how seldom Python's collector looks for rubbish in the switchboard."""

from typing import Final

GARBAGE_AFTER: Final = 20_000  # objects made and not yet gone; Python's own 700 are a call or two
