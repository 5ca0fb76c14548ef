"""Let a program in by its key, to what its person may do now and its key carries, and nothing else."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Status
from ninja.security import HttpBearer

from decroche.accounts.domain.access import Access
from decroche.accounts.models import User
from decroche.accounts.permissions import Permission, Role
from decroche.accounts.ports import teams
from decroche.foundation.clock import now as clock_now
from decroche.foundation.tenancy import practice_scope
from decroche.interop.actions.count_use import TooOften, count_use
from decroche.interop.api.problems import (
    BAD,
    FORBIDDEN,
    SENSELESS,
    TOO_OFTEN,
    UNKNOWN_KEY,
    Problem,
)
from decroche.interop.domain.secret import digest_of, is_same
from decroche.interop.models import AccessKey, RememberedAnswer
from decroche.scheduling.domain.asking import Channel

#: Requests a key may make in a minute.
MOST_A_MINUTE = 600
_LONGEST_IDEMPOTENCY_KEY = 64
_LONGEST_SECRET = 100

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a key reaches at the moment of the request."""

    key: AccessKey
    access: Access

    def practices_for(self, permission: Permission) -> frozenset[int]:
        """Give the practices where the key carries the permission, its person still has it, and may still share."""
        if permission.value not in self.key.permissions:
            return frozenset()
        own = self.access.practices_for(permission) & self.access.practices_for(Permission.SHARE_AGENDA)
        return own & frozenset(self.key.practice_ids)

    def channel(self, practice_id: int, asked: Channel | None) -> Channel:
        """Give by which door the key's person asks in a practice; a stricter one may be asked for."""
        if asked is Channel.ONLINE:
            return asked
        roles = self.access.practice_roles.get(practice_id, frozenset())
        if Role.PRACTITIONER in roles:
            return Channel.PRACTITIONER
        return Channel.STAFF if Role.STAFF in roles else Channel.SECRETARY


class KeyRequest(HttpRequest):
    """A request that came with a key: what guarded operations receive."""

    user: User
    reach: Reach
    log_read: Callable[..., None]
    log_write: Callable[..., None]


class ByKey(HttpBearer):
    """Read `Authorization: Bearer dk_…`."""

    def authenticate(self, request: Any, token: str) -> Reach | None:
        """Find the open key of a person whose account is open; count its use."""
        now = clock_now()
        digest = digest_of(token[:_LONGEST_SECRET])
        key = AccessKey.objects.select_related("user").filter(digest=digest).first()
        if key is None or not is_same(key.digest, digest) or not key.is_open(now=now):
            return None
        if not key.user.is_active:
            return None
        if "Accept-Language" not in request.headers:
            translation.activate(key.user.language)  # the middleware puts the process's own back
        try:
            count_use(of=key, most=MOST_A_MINUTE, within=timedelta(minutes=1), now=now)
        except TooOften as too_often:
            raise Problem(
                TOO_OFTEN,
                "too-often",
                _("Trop de demandes en une minute : attendez un peu."),
                wait_seconds=too_often.wait_seconds,
            ) from None
        AccessKey.objects.filter(pk=key.pk).update(last_used_at=now)
        access = teams().access_of(user_id=key.user_id, is_administrator=key.user.is_administrator, now=now)
        request.user = key.user
        request.access = access
        request.reach = reach = Reach(key, access)
        return reach


def unknown_key() -> Problem:
    """Say that no open key came with the request."""
    return Problem(
        UNKNOWN_KEY, "unknown-key", _("Cette clé d’accès n’ouvre rien : absente, fermée ou périmée.")
    )


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what an operation needs, as `accounts.guard.requires` does for a screen.

    Queries see the practices where the key has the permission, so a foreign row is a 404 by construction. A POST that
    carries an `Idempotency-Key` is answered once: asked again, it gets the same answer.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            practices = request.reach.practices_for(permission)
            if not practices:
                raise Problem(
                    FORBIDDEN,
                    "not-granted",
                    _("Cette clé d’accès ne permet pas cela."),
                    permission=permission.value,
                )
            with practice_scope(practices):
                if request.method == "POST" and "Idempotency-Key" in request.headers:
                    return _once(request, lambda: view(request, *args, **kwargs))
                return view(request, *args, **kwargs)

        guarded.decroche_permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _once(request: KeyRequest, ask: Callable[[], Any]) -> Any:
    """Ask once under the request's idempotency key; what went wrong is not remembered, and may be tried again."""
    key = request.headers["Idempotency-Key"]
    if not 1 <= len(key) <= _LONGEST_IDEMPOTENCY_KEY or not key.isascii() or not key.isprintable():
        raise Problem(BAD, "bad-idempotency-key", _("La clé d’idempotence a de 1 à 64 signes ASCII."))
    question = hashlib.sha256(
        b"\n".join([(request.method or "").encode(), request.path.encode(), request.body])
    ).hexdigest()
    own = RememberedAnswer.objects.filter(access_key=request.reach.key, idempotency_key=key)
    with transaction.atomic():
        # The second of two at once waits here for the first, then finds its answer.
        RememberedAnswer.objects.bulk_create(
            [
                RememberedAnswer(
                    access_key=request.reach.key,
                    idempotency_key=key,
                    question=question,
                    status=0,
                    at=clock_now(),
                )
            ],
            ignore_conflicts=True,
        )
        remembered = own.select_for_update().get()
        if remembered.question != question:
            raise Problem(
                SENSELESS, "idempotency-key-reused", _("Cette clé d’idempotence a servi à une autre demande.")
            )
        if remembered.status:
            return Status(remembered.status, remembered.body)
        answer = ask()
        status, body = (answer.status_code, answer.value) if isinstance(answer, Status) else (200, answer)
        plain = json.loads(json.dumps(body, cls=DjangoJSONEncoder))
        own.update(status=status, body=plain)
        return Status(status, plain)
