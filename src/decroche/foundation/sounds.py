"""Serve a sound that is kept in a private folder, whole or in the pieces that a player asks for."""

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

KINDS = {
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".webm": "audio/webm",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def sound_in(folder: Path, name: str) -> Path:
    """Return the sound of that name, never one outside the folder.

    Raises:
        Http404: there is none, or it is no sound.

    """
    folder = folder.resolve()
    path = (folder / name).resolve()
    if not name or not path.is_relative_to(folder) or path.suffix.lower() not in KINDS or not path.is_file():
        raise Http404
    return path


def answer_with_sound(request: HttpRequest, path: Path) -> HttpResponse:
    """Answer with the sound, or with the bytes that ``Range`` names (RFC 9110, 14); nobody keeps a copy."""
    size = path.stat().st_size
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
