"""Mount the API: every path behind an access key, its description for people who are signed in."""

from typing import Any

from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from decroche.interop.api import (
    arrivals,
    booking,
    exceptions,
    forcing,
    groups,
    mass_moves,
    means,
    people,
    setup,
)
from decroche.interop.api.access import ByKey, unknown_key
from decroche.interop.api.problems import (
    ABSENT,
    BAD,
    REFUSALS,
    SENSELESS,
    Problem,
    as_response,
    respond,
)
from decroche.scheduling.domain.refusals import Refusal

PREFIX = "/api/v1/"
api = NinjaAPI(
    title="Décroche",
    version="1.0",
    description="The agenda of medical practices: the same engine, the same rights and the same refusals as the screens.",
    auth=ByKey(),
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
)
#: What is mounted; a fixed address stands before one with an id in its place.
MODULES = (setup, exceptions, means, forcing, arrivals, booking, groups, mass_moves, people)
for _module in MODULES:
    api.add_router("", _module.router)


@api.exception_handler(Problem)
def on_problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer a problem as it is."""
    return respond(problem)


@api.exception_handler(AuthenticationError)
def on_unknown_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer who came without a key that opens."""
    return respond(unknown_key())


@api.exception_handler(Http404)
def on_absent(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """Answer that it is not there, or not for this key, which is the same."""
    return respond(Problem(ABSENT, "not-found", _("Rien de tel ici, ou pas pour cette clé d’accès.")))


@api.exception_handler(ValidationError)
def on_senseless(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which fields make no sense."""
    flaws = [
        {"where": ".".join(str(part) for part in flaw.get("loc", ())), "what": str(flaw.get("msg", ""))}
        for flaw in error.errors
    ]
    return respond(
        Problem(SENSELESS, "senseless", _("La demande est incomplète ou incohérente."), errors=flaws)
    )


@api.exception_handler(HttpError)
def on_malformed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say that the body could not be read."""
    status = error.status_code or BAD
    return respond(Problem(status, "malformed", _("La demande n’est pas du JSON lisible.")))


@api.exception_handler(IntegrityError)
@api.exception_handler(DataError)
def on_incoherent(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Answer what the database's own rules refuse: values that contradict each other."""
    return respond(Problem(SENSELESS, "incoherent", _("Ces valeurs se contredisent ; rien n’a été changé.")))


for _refusal in (Refusal, *REFUSALS):
    api.add_exception_handler(_refusal, as_response)


def _guarded(pattern: Any) -> Any:
    pattern.callback.decroche_guard = "access key: each operation declares its permission with @needs"
    return pattern


#: Without the library's own root page; the callbacks say by what they are guarded.
patterns: list[URLPattern] = [
    _guarded(pattern) for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"
]
urls = (patterns, "ninja", "api-v1")
