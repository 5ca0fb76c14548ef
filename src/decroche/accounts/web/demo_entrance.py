"""Let a visitor of the demo become one of its people. Wired in demo mode only (see urls.py)."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from decroche.accounts.guard import public
from decroche.accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public(reason="exists in demo mode only, where every person and patient is invented")
@require_POST
def enter_as(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a real session for one of the people whom the entrance shows."""
    if settings.MODE != "demo":
        raise Http404
    person = get_object_or_404(User.objects.exclude(demo_caption=""), pk=user_id, is_active=True)
    login(request, person, backend=BACKEND)
    return HttpResponseRedirect("/")
