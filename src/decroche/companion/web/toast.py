"""Say one passing sentence on the screen, with an undo."""

import json

from django.http import HttpResponse


def toast(response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """Add the sentence to an answer to htmx, and tell the page's panels to look again."""
    sentence: dict[str, str | int] = {"text": text, "target": "body"}
    if undo:
        sentence |= {"undo": undo, "seconds": 10}
    response["HX-Trigger"] = json.dumps({"toast": sentence, "companion-changed": {"target": "body"}})
    return response
