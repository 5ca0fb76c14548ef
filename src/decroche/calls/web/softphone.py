"""Let the browser be a telephone."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
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
from decroche.calls.adapters.asterisk.configuration import Connection
from decroche.calls.adapters.asterisk.places import Environment, default_state_dir
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


def softphone_address(exchange: str = "") -> str:
    """Return where browsers reach an exchange: as set for it, else as it says of itself."""
    told = Environment(exchange).get("DECROCHE_SOFTPHONE_URL") if exchange else settings.ASTERISK_WS_URL
    if told:
        return str(told)
    found = _connection(exchange)
    return found.softphone_url if found else ""


def _connection(exchange: str) -> Connection | None:
    """Return what a private exchange wrote of itself; none where it runs elsewhere."""
    try:
        return Connection.read(Path(settings.DATA_DIR) / default_state_dir(exchange).name)
    except (OSError, ValueError, TypeError, KeyError):
        return None


@dataclass(frozen=True, slots=True)
class SipServer:
    """Say where a SIP phone registers; empty host: nobody has said."""

    host: str = ""
    port: int = 5060

    @property
    def is_this_machine_only(self) -> bool:
        return self.host.startswith("127.") or self.host == "localhost"


def sip_server(exchange: str = "") -> SipServer:
    """Return where SIP phones reach an exchange: as set for it, else as it says of itself."""
    told = Environment(exchange).get("DECROCHE_SIP_PHONE_ADDRESS") if exchange else settings.SIP_PHONE_ADDRESS
    if told:
        host, _colon, port = str(told).partition(":")
        return SipServer(host, int(port or 5060))
    found = _connection(exchange)
    return SipServer(found.sip_host, found.sip_port) if found else SipServer()


def _answer(words: dict[str, object], *, status: int = 200) -> JsonResponse:
    return JsonResponse(words, status=status, headers={"Cache-Control": "no-store"})
