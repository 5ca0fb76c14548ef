"""Write the offline page as one file: looks, script and sealed fortnight inside."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string

from decroche.practices.models import Practice

HEAD, TAIL = "<!-- looks -->", "<!-- script -->"


class AssetMissing(Exception):
    """The front end was not built: `make front`."""


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """Read a built file; raises `AssetMissing`."""
    path = finders.find(name)
    if path is None:
        raise AssetMissing(name)
    return Path(path).read_text(encoding="utf-8")


def whole_page(request: HttpRequest, practice: Practice, box: dict[str, Any]) -> str:
    """Render the page with everything inside.

    The result is a file to keep, never a page that this server shows: no content policy applies to it, so script and
    styles may be inside. Nothing in them can close its element early.
    """
    page = render_to_string("continuity/offline.html", {"practice": practice, "alone": True}, request)
    sealed = json.dumps(box).replace("<", "\\u003c")
    script = asset("ui/dist/offline.js").replace("</script", "<\\/script")
    looks = asset("ui/dist/app.css").replace("</style", "<\\/style")
    tail = f'<script type="application/json" id="sealed">{sealed}</script><script>{script}</script>'
    return page.replace(HEAD, f"<style>{looks}</style>", 1).replace(TAIL, tail, 1)
