"""Serve a voicemail to who may hear it, whole or in the pieces that a player asks for."""

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.messaging.models import FollowUp

KINDS = {
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".webm": "audio/webm",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def voicemail(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Answer with the recording, or with the bytes that ``Range`` names (RFC 9110, 14)."""
    follow_up = get_object_or_404(FollowUp, pk=follow_up_id)
    path = _file_of(follow_up)
    size = path.stat().st_size
    request.log_read("voicemail", [follow_up.pk], practice_id=follow_up.practice_id)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()):
        response = HttpResponse(_piece(path, 0, size))
    else:
        start, end = _bounds(asked.group(1), asked.group(2), size)
        if start >= end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = HttpResponse(_piece(path, start, end), status=206)
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Type"] = KINDS[path.suffix.lower()]
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_of(follow_up: FollowUp) -> Path:
    """Return the recording's file, never one outside the voicemail folder."""
    folder = (Path(settings.DATA_DIR) / "voicemail").resolve()
    path = (folder / follow_up.voicemail_path).resolve()
    if not follow_up.voicemail_path or not path.is_relative_to(folder) or path.suffix.lower() not in KINDS:
        raise Http404
    if not path.is_file():
        raise Http404
    return path


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the half-open bounds of a byte range; "-500" means the last 500."""
    if not first:
        return max(size - int(last[:18]), 0), size
    return int(first[:18]), min(int(last[:18]) + 1, size) if last else size


def _piece(path: Path, start: int, end: int) -> bytes:
    """Read a piece whole: the exchange stops a recording after minutes, so it is a few megabytes at most."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
