"""Let the browser be a telephone."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries, wording
from decroche.calls import queries_talk as talks
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, exchange_of
from decroche.calls.actions.leave_post import leave_post
from decroche.calls.actions.open_phone import open_phone
from decroche.calls.web.addresses import softphone_address
from decroche.foundation.clock import now


@require_POST
@requires(Permission.WORK_AT_DESK)
def account(request: PersonRequest) -> JsonResponse:
    """Return fresh, short-lived credentials for this person's phone; the ones before are worth nothing now."""
    moment = now()
    if talks.rings_on(request.user, now=moment).sip:
        return _answer({"error": _("Vos appels sonnent sur votre téléphone SIP.")}, status=409)
    state = queries.telephony_state(now=moment)
    try:
        phone = open_phone(user=request.user, now=moment)
    except SwitchboardSilent:
        return _answer({"error": str(wording.SILENT)}, status=503)
    except OrderRefused as refused:
        return _answer({"error": wording.refusal(refused.refusal)}, status=409)
    if state.is_simulated:
        return _answer({"simulated": True, "expires_at": phone.expires_at.isoformat()})
    address = softphone_address(exchange_of(request.user))
    if not address:
        return _answer({"error": _("L’adresse du central téléphonique n’est pas connue.")}, status=503)
    return _answer(
        {
            "simulated": False,
            "address": address,
            "username": phone.username,
            "password": phone.password,
            "expires_at": phone.expires_at.isoformat(),
        }
    )


@require_POST
@requires(Permission.WORK_AT_DESK)
def leave(request: PersonRequest) -> JsonResponse:
    """Take the phone off the exchange: the page was closed for good, or the person goes."""
    leave_post(user=request.user, now=now())
    return _answer({})


def _answer(words: dict[str, object], *, status: int = 200) -> JsonResponse:
    return JsonResponse(words, status=status, headers={"Cache-Control": "no-store"})
