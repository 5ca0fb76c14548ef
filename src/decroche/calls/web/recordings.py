"""List recorded calls and let them be heard, for what they were recorded for; each hearing is logged with it."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.keep_recording import recordings_folder
from decroche.calls.models import CallStep, Recording, RecordingRule
from decroche.calls.switchboard.records import StepKind
from decroche.foundation.clock import now
from decroche.foundation.sounds import answer_with_sound, sound_in

PAGE = 30
REFUSALS_OF = timedelta(days=30)
MOST_REFUSALS = 20


@require_GET
@requires(Permission.HEAR_RECORDING)
def recordings(request: PersonRequest) -> HttpResponse:
    """Show what was recorded, why, until when it is kept; and whose refusal was respected."""
    ids = request.access.practices_for(Permission.HEAR_RECORDING)
    moment = now()
    rows = (
        Recording.objects.filter(call__practice_id__in=ids)
        .select_related("call__practice", "call__secretary", "rule")
        .order_by("-started_at", "-pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    request.log_read("call", [str(row.call_id) for row in shown])
    refused = CallStep.objects.filter(
        kind=StepKind.RECORDING_REFUSED.value,
        at__gte=moment - REFUSALS_OF,
        call__practice_id__in=ids,
    ).select_related("call__practice")
    context = {
        "page": page,
        "rows": shown,
        "refused": list(refused.order_by("-at")[:MOST_REFUSALS]),
        "rules": RecordingRule.objects.filter(
            line__practice_id__in=ids, ended_at=None, ends_on__gt=moment.date()
        ).count(),
        "now": moment,
        "tab": "recordings",
    }
    return render(request, "calls/queue/recordings.html", context)


@require_GET
@requires(Permission.HEAR_RECORDING)
def sound(request: PersonRequest, recording_id: int) -> HttpResponse:
    """Answer with the sound, whole or in the bytes that ``Range`` names (RFC 9110, 14)."""
    recording = get_object_or_404(Recording.objects.select_related("call", "rule"), pk=recording_id)
    if recording.purged_at is not None or recording.purge_at <= now():
        raise Http404
    path = sound_in(recordings_folder(), recording.path)
    # What it may be heard for is what it was made for: the log says which.
    request.log_read(
        f"recording-{recording.rule.reason}", [recording.pk], practice_id=recording.call.practice_id
    )
    return answer_with_sound(request, path)
