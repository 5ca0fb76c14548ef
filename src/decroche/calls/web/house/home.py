"""Open the set-up of the telephone where the person's own part of it is."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.web.house.answers import first_secretariat


def first(section: str) -> Callable[[PersonRequest], HttpResponse]:
    """Return the door that opens one of a supervisor's screens on her first secretariat."""

    @require_GET
    @requires(Permission.CHOOSE_POLICY)
    def show(request: PersonRequest) -> HttpResponse:
        """Open the screen of the secretariat that I supervise."""
        return first_secretariat(request, section)

    return show


@require_GET
@requires(Permission.SET_UP_LINES)
def home(request: PersonRequest) -> HttpResponse:
    """Send a supervisor to her teams, a practitioner to the lines of the practice."""
    supervises = bool(request.access.secretariats_for(Permission.CHOOSE_POLICY))
    return HttpResponseRedirect(reverse("calls:teams_home" if supervises else "calls:lines"))
