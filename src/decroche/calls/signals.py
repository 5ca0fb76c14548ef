"""Hear what Django tells of people: who signs out leaves her post."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from decroche.accounts.models import User
from decroche.calls.actions.leave_post import leave_post
from decroche.foundation.clock import now


@receiver(user_logged_out)
def leave_on_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:  # noqa: ARG001
    """Take the phone of somebody who signs out off the exchange."""
    if user is not None:
        leave_post(user=user, now=now())
