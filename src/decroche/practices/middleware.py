"""Attach to each request its person and what they may do."""

from collections.abc import Callable

from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from decroche.accounts.domain.access import Access
from decroche.foundation.clock import now
from decroche.practices.access import access_of
from decroche.practices.arriving import person_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Set ``request.user`` at first use, as Django's own does, in one question with the session and the rights."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)

        def find() -> object:
            if not hasattr(request, "_cached_user"):
                request._cached_user = person_of(request)  # type: ignore[attr-defined]  # noqa: SLF001
            # From here on the person, not the promise of one: each word asked of a promise costs three calls.
            request.user = request._cached_user  # type: ignore[attr-defined]  # noqa: SLF001
            return request._cached_user  # type: ignore[attr-defined]  # noqa: SLF001

        request.user = SimpleLazyObject(find)  # type: ignore[assignment]


class AccessMiddleware:
    """Set ``request.access``, looked up at first use and afresh for every request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def find() -> Access:
            user = request.user
            if not user.is_authenticated:
                return Access(user_id=0)
            arrived = getattr(request, "arrived", None)
            if (
                arrived is not None and arrived.user.pk == user.pk
            ):  # nobody signed in meanwhile as someone else
                return arrived.access  # type: ignore[no-any-return]
            return access_of(user_id=user.pk, is_administrator=user.is_administrator, now=now())

        request.access = SimpleLazyObject(find)  # type: ignore[attr-defined]
        return self.get_response(request)
