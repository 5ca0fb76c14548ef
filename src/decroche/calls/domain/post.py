"""Say what a secretary's post may be in."""

from enum import StrEnum


class PostState(StrEnum):
    """Name what the secretary at this post does now."""

    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AWAY = "away"


class PauseReason(StrEnum):
    """Name why a post is paused; the last one is given by the switchboard, never chosen."""

    BREAK = "break"
    LUNCH = "lunch"
    PAPERWORK = "paperwork"
    MEETING = "meeting"
    NO_ANSWER = "no_answer"


CHOSEN_STATES = frozenset({PostState.AVAILABLE, PostState.PAUSED, PostState.AWAY})
AT_POST = frozenset({PostState.AVAILABLE, PostState.RINGING, PostState.ON_CALL, PostState.WRAP_UP})
BUSY = frozenset({PostState.RINGING, PostState.ON_CALL})
