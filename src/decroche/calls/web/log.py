"""Show past and present calls, and what each of them was made of."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries
from decroche.calls.actions.see_alert import see_unknown_calls
from decroche.calls.actions.write_journal import voicemail_folder
from decroche.calls.models import Call, Recording
from decroche.calls.queries_log import page_of
from decroche.calls.queries_way import moments, way_of
from decroche.calls.web.filters import LogFilter
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.messaging import queries as messaging
from decroche.patients import queries as patients
from decroche.practices.models import Practice
from decroche.scheduling.queries.appointments import appointments_of_call

PAGE = 50
SHOWN_UNKNOWN = 20


@require_GET
@requires(Permission.SEE_CALL)
def log(request: PersonRequest) -> HttpResponse:
    """List the calls of the practices that I see, the latest first."""
    return _log(request, request.GET)


@require_POST
@requires(Permission.SEE_CALL)
def found(request: PersonRequest) -> HttpResponse:
    """List the calls that a text looks for: it may name a patient, so it never stands in an address."""
    return _log(request, request.POST)


def _log(request: PersonRequest, asked: Mapping[str, str]) -> HttpResponse:
    moment = now()
    ids = request.access.practices_for(Permission.SEE_CALL)
    chosen = LogFilter(asked, zone=request.zone, today=timezone.localdate(moment, request.zone))
    if request.method == "POST":
        chosen.say(asked.get("text", ""))
    rows = chosen.apply(queries.log_of(ids), me=request.user, practice_ids=ids, now=moment)
    page = page_of(rows, before=chosen.before, size=PAGE)
    request.log_read("call", [str(call.pk) for call in page.calls])
    names = patients.names_of([call.patient_id for call in page.calls if call.patient_id])
    if names:
        request.log_read("patient", list(names))
    is_part = request.headers.get("HX-Target") == "call-log"
    context = {
        "page": page,
        "rows": [(call, names.get(call.patient_id or 0, "")) for call in page.calls],
        "filter": chosen,
        "practices": list(Practice.objects.filter(pk__in=ids).order_by("name")),
        "now": moment,
        "tab": "log",
    }
    if not is_part:
        midnight = timezone.localtime(moment, request.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        context |= {"today": queries.counts_since(ids, since=midnight), "unknown": _unknown(request)}
    response = render(request, "calls/_log.html" if is_part else "calls/log.html", context)
    response["Cache-Control"] = "no-store"
    if is_part and request.method == "POST" and not chosen.before:
        response["HX-Replace-Url"] = f"{reverse('calls:log')}?{chosen.address}".rstrip("?")
    return response


@require_GET
@requires(Permission.SEE_CALL)
def detail(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Show one call from ringing to wrap-up, with the reasons, and what came of it."""
    moment = now()
    try:
        call = queries.call_card(call_id)
    except Call.DoesNotExist:
        raise Http404 from None
    request.log_read("call", [str(call.pk)], practice_id=call.practice_id)
    if call.patient_id:
        request.log_read("patient", [call.patient_id], practice_id=call.practice_id)
    context = {
        "call": call,
        "moments": moments(call),
        "way": way_of(call, now=moment),
        "notes": list(call.notes.select_related("by")),
        "recordings": _recordings(request, call),
        "appointments": appointments_of_call(call_id=call.pk),
        "messages_sent": messaging.of_call(call.pk),
        "follow_ups": messaging.follow_ups_of_call(call.pk),
        "patient_name": patients.names_of([call.patient_id]).get(call.patient_id, "")
        if call.patient_id
        else "",
        "has_voicemail": (voicemail_folder() / f"{call.pk}.wav").is_file(),
        "now": moment,
    }
    return render(request, "calls/detail.html", context)


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def voicemail(request: PersonRequest, call_id: UUID) -> FileResponse:
    """Let the message be heard; hearing it is logged as reading."""
    call = get_object_or_404(Call, pk=call_id)
    path = voicemail_folder() / f"{call.pk}.wav"
    if not path.is_file():
        raise Http404
    request.log_read("call", [str(call.pk)], practice_id=call.practice_id)
    return FileResponse(path.open("rb"), content_type="audio/wav", headers={"Cache-Control": "no-store"})


@require_POST
@requires(Permission.SEE_POSTS)
def see_unknown(request: PersonRequest) -> HttpResponse:
    """Take note that some of our numbers belong to nobody."""
    with every_practice():
        see_unknown_calls(now=now())
    if request.headers.get("HX-Request"):
        return HttpResponse("")
    return redirect("calls:log")


def _recordings(request: PersonRequest, call: Call) -> list[Recording]:
    """Return what was recorded of it, for who may hear it."""
    if call.practice_id is None or not request.access.allows(Permission.HEAR_RECORDING, call.practice_id):
        return []
    return list(call.recordings.select_related("rule").order_by("started_at"))


def _unknown(request: PersonRequest) -> list[Call]:
    """Return the last calls to numbers of nobody's, for supervisors."""
    if not request.access.secretariats_for(Permission.SEE_POSTS):
        return []
    with every_practice():
        rows = Call.objects.filter(
            practice=None, alert_seen_at=None, state="ended", arrived_at__gte=now() - timedelta(days=7)
        )
        return list(rows.order_by("-arrived_at")[:SHOWN_UNKNOWN])
