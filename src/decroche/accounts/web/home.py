"""Open the house's front door onto the right room."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from decroche.accounts.guard import PersonRequest, signed_in
from decroche.accounts.permissions import Permission

# The rooms above, by address, so that this one imports none of them.
DESK, COMPANION = "/desk/", "/companion/"


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """Send a secretary to her desk, a practice's people to their day, an administrator to the people."""
    if request.access.allows(Permission.WORK_AT_DESK):
        return HttpResponseRedirect(DESK)
    if request.access.allows(Permission.USE_COMPANION):
        return HttpResponseRedirect(COMPANION)
    if request.access.allows(Permission.MANAGE_PEOPLE):
        return HttpResponseRedirect(reverse("accounts:people"))
    return render(request, "accounts/nowhere.html")
