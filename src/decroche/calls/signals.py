"""Hear what Django tells of people: who signs out leaves her post, who leaves a secretariat leaves its teams."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from decroche.accounts.models import User
from decroche.calls.actions.leave_post import leave_post
from decroche.calls.actions.set_up_teams import leave_teams
from decroche.foundation.clock import now
from decroche.practices.models import SecretariatMember


@receiver(user_logged_out)
def leave_on_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:  # noqa: ARG001
    """Take the phone of somebody who signs out off the exchange."""
    if user is not None:
        leave_post(user=user, now=now())


@receiver(post_delete, sender=SecretariatMember)
def leave_teams_with_the_secretariat(instance: SecretariatMember, **_: Any) -> None:
    """Let nobody who left a secretariat stay in its teams."""
    leave_teams(secretariat_id=instance.secretariat_id, user_id=instance.user_id)
