"""Know the person of each request, ask for two factors, and write down what they saw of patients."""

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from decroche.accounts.actions.write_access_log import Seen, write_access_log
from decroche.accounts.models import AccessLogEntry, User
from decroche.foundation.clock import now

GetResponse = Callable[[HttpRequest], HttpResponse]
YEAR_SECONDS = 365 * 24 * 3600


class PersonMiddleware:
    """Speak the person's language, keep their zone at hand, and bring their theme to a new browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.zone = ZoneInfo(user.timezone if user.is_authenticated else "Europe/Paris")  # type: ignore[attr-defined]
        language = user.language if user.is_authenticated else translation.get_language()
        request.LANGUAGE_CODE = language
        with timezone.override(request.zone), translation.override(language):  # type: ignore[attr-defined]
            response = self.get_response(request)
        if user.is_authenticated and "theme" not in request.COOKIES and user.theme != User.Theme.AUTO:
            response.set_cookie("theme", user.theme, max_age=YEAR_SECONDS, samesite="Lax")
        return response


class TwoFactorMiddleware:
    """Let nobody past without a second factor, where ``MFA_REQUIRED``: only its set-up, and the way out."""

    OPEN = frozenset(
        {"account_logout", "account_reauthenticate", "account_login", "ui:language", "accounts:join"}
    )
    READY = "two_factor_of"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponse | None:
        """Send to the set-up page whoever has no second factor yet."""
        if not settings.MFA_REQUIRED or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in self.OPEN or name.startswith("mfa_") or self._is_ready(request):
            return None
        where = reverse("mfa_index")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": where})
        return HttpResponse(status=302, headers={"Location": where})

    def _is_ready(self, request: HttpRequest) -> bool:
        if request.session.get(self.READY) == request.user.pk:
            return True
        factors = Authenticator.objects.filter(user_id=request.user.pk)
        if not factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return False
        request.session[self.READY] = (
            request.user.pk
        )  # removing the last factor is refused, so this stays true
        return True


class AccessLogMiddleware:
    """Gather the reads and writes of a request and store them in one INSERT before the answer leaves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen: list[Seen] = []

        def log_read(kind: str, ids: Iterable[object], practice_id: int | None = None) -> None:
            seen.append(Seen(AccessLogEntry.Action.READ, kind, tuple(map(str, ids)), practice_id))

        def log_write(kind: str, ids: Iterable[object], practice_id: int | None = None) -> None:
            seen.append(Seen(AccessLogEntry.Action.WRITE, kind, tuple(map(str, ids)), practice_id))

        request.log_read, request.log_write = log_read, log_write  # type: ignore[attr-defined]
        response = self.get_response(request)
        lines = [each for each in seen if each.object_ids]
        if lines and request.user.is_authenticated:
            write_access_log(
                seen=lines,
                user_id=request.user.pk,
                view_name=request.resolver_match.view_name if request.resolver_match else "",
                address=request.META.get("REMOTE_ADDR") or None,
                at=now(),
            )
        return response
