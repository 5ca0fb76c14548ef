"""Offer the components under the room's own name too: ``{% load ui %}``."""

from decroche.ui.templatetags.components import register

__all__ = ["register"]
