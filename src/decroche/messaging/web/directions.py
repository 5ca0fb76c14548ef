"""Send a caller the way to the door."""

import json
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.kernel.phone import NotAPhoneNumber
from decroche.notifications.actions.send_access_card import send_access_card
from decroche.notifications.domain.content import MedicalContent, TooLongForSms
from decroche.practices.models import Practice, Site
from decroche.practices.queries import sites_of, written_directions


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_MESSAGE)
def send_directions(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the little form (POST without ``send`` prefills the caller's number); send the SMS once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    sites = sites_of(practice.pk)
    site = next((s for s in sites if str(s.pk) == request.POST.get("site", request.GET.get("site"))), None)
    site = site or next(iter(sites), None)
    number = next((value for value in request.POST.getlist("caller_number") if value.strip()), "")
    to = request.POST.get("to", number)
    context = {
        "practice": practice,
        "site": site,
        "to": to,
        "text": written_directions(site) if site else "",
        "request_key": request.POST.get("request_key") or str(uuid4()),
        "problem": "",
    }
    if request.method == "GET" or "send" not in request.POST or site is None:
        return render(request, "messaging/_directions.html", context)
    context["problem"] = _try_to_send(request, site, to, str(context["request_key"]))
    if context["problem"]:
        return render(request, "messaging/_directions.html", context, status=422)
    response = render(request, "messaging/_directions_sent.html", context)
    response["HX-Trigger"] = json.dumps({"toast": {"text": _("SMS envoyé.")}})
    return response


def _try_to_send(request: PersonRequest, site: Site, to: str, request_key: str) -> str:
    """Send, or return the sentence that says why not."""
    try:
        notice, _is_new = send_access_card(
            site=site, to=to[:40], request_key=request_key[:40], now=clock.now()
        )
    except NotAPhoneNumber:
        return _("Ce numéro n’est pas complet ou n’existe pas. Exemple : 06 39 98 12 34.")
    except MedicalContent as refusal:
        return _(
            "Le SMS nommerait « %(word)s », ce qu’un SMS ne doit pas faire. Corrigez la fiche d’accès."
        ) % {"word": refusal.word}
    except TooLongForSms:
        return _("La fiche d’accès est trop longue pour un SMS. Raccourcissez-la.")
    request.log_write("notice", [notice.pk], practice_id=site.practice_id)
    return ""
