"""Know the person of each request, and write down what they saw of patients."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

GetResponse = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """Speak the person's language and keep their zone at hand."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.zone = ZoneInfo(user.timezone if user.is_authenticated else "Europe/Paris")  # type: ignore[attr-defined]
        with timezone.override(request.zone):  # type: ignore[attr-defined]
            if user.is_authenticated:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language  # type: ignore[attr-defined]
            return self.get_response(request)


class AccessLogMiddleware:
    """Gather the reads and writes of a request and store them in one INSERT."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        entries: list[tuple[str, str, list[int], int | None]] = []

        def log_read(kind: str, ids: list[int], practice_id: int | None = None) -> None:
            entries.append(("read", kind, list(ids), practice_id))

        def log_write(kind: str, ids: list[int], practice_id: int | None = None) -> None:
            entries.append(("write", kind, list(ids), practice_id))

        request.log_read, request.log_write = log_read, log_write  # type: ignore[attr-defined]
        return self.get_response(request)
