"""Attach to each request what its person may do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from decroche.accounts.domain.access import Access
from decroche.foundation.clock import now
from decroche.practices.access import access_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class AccessMiddleware:
    """Set ``request.access``, looked up at first use and afresh for every request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def find() -> Access:
            user = request.user
            if not user.is_authenticated:
                return Access(user_id=0)
            return access_of(user_id=user.pk, is_administrator=user.is_administrator, now=now())

        request.access = SimpleLazyObject(find)  # type: ignore[attr-defined]
        return self.get_response(request)
