"""List recorded calls and let them be heard, for what they were recorded for; each hearing is logged with it."""

import re
from datetime import timedelta
from pathlib import Path

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

PAGE = 30
KINDS = {".wav": "audio/wav", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".mp3": "audio/mpeg"}
REFUSALS_OF = timedelta(days=30)
MOST_REFUSALS = 20
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


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
    path = _file_of(recording)
    size = path.stat().st_size
    # What it may be heard for is what it was made for: the log says which.
    request.log_read(
        f"recording-{recording.rule.reason}", [recording.pk], practice_id=recording.call.practice_id
    )
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()):
        response = HttpResponse(_piece(path, 0, size))
    else:
        first, last = asked.groups()
        start = int(first[:18]) if first else max(size - int(last[:18]), 0)
        end = min(int(last[:18]) + 1, size) if first and last else size
        if start >= end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = HttpResponse(_piece(path, start, end), status=206)
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Type"] = KINDS[path.suffix.lower()]
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_of(recording: Recording) -> Path:
    """Return the sound's file, never one outside the folder, never one past its date."""
    folder = recordings_folder().resolve()
    path = (folder / recording.path).resolve()
    is_due = recording.purged_at is not None or recording.purge_at <= now()
    if is_due or not recording.path or not path.is_relative_to(folder) or path.suffix.lower() not in KINDS:
        raise Http404
    if not path.is_file():
        raise Http404
    return path


def _piece(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
