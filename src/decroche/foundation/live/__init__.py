"""Tell open screens that something changed: ``hint()`` in a transaction, ``/live/`` in the browser."""

from decroche.foundation.live.hints import Audience, hint

__all__ = ["Audience", "hint"]
