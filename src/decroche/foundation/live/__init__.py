"""Tell open screens that something changed: ``hint()`` in a transaction, ``/live/`` in the browser."""

from decroche.foundation.live.hints import CHANNEL, Audience, hint, hint_text, notify

__all__ = ["CHANNEL", "Audience", "hint", "hint_text", "notify"]
