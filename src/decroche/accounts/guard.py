"""Declare, on every view, who may enter; a view without one of these fails the house's tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from decroche.accounts.domain.access import Access
from decroche.accounts.models import User
from decroche.accounts.permissions import Permission
from decroche.foundation.tenancy import practice_scope

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class PersonRequest(HttpRequest):
    """A request whose person is known: what guarded views receive."""

    user: User
    access: Access
    zone: ZoneInfo  # the reader's own
    log_read: Callable[..., None]
    log_write: Callable[..., None]


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in only people who have ``permission`` somewhere, and scope queries to those practices.

    Someone else's row is then a 404 by construction, and so is the page for a person without the permission.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not request.access.allows(permission):
                raise Http404
            with practice_scope(request.access.practices_for(permission)):
                return view(request, *args, **kwargs)

        guarded.decroche_guard = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def signed_in(view: View) -> View:
    """Let in any signed-in person; the view sees no practice's rows."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.decroche_guard = "signed-in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def public(*, reason: str) -> Callable[[View], View]:
    """Let anybody in; ``reason`` says why that is safe."""

    def decorate(view: View) -> View:
        view.decroche_guard = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        response = redirect_to_login("/")
        response.status_code = 204
        response["HX-Redirect"] = response["Location"]
        return response
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
