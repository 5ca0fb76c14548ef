"""Open the set-up of the telephone where the person's own part of it is."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission


@require_GET
@requires(Permission.SET_UP_LINES)
def home(request: PersonRequest) -> HttpResponse:
    """Send a supervisor to her teams, a practitioner to the lines of the practice."""
    supervises = bool(request.access.secretariats_for(Permission.CHOOSE_POLICY))
    return HttpResponseRedirect(reverse("calls:teams_home" if supervises else "calls:lines"))
