"""Knock at the agenda's doors, and read what they answer."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from decroche.practices.models import Practitioner

HTMX: Any = {"HTTP_HX_REQUEST": "true"}


def url(name: str, *args: Any) -> str:
    return reverse(f"agenda:{name}", args=args)


def events(answer: HttpResponse) -> dict[str, Any]:
    """Read what the answer tells the page."""
    told: dict[str, Any] = json.loads(
        answer.get("HX-Trigger-After-Settle") or answer.get("HX-Trigger") or "{}"
    )
    return told


def toast(answer: HttpResponse) -> dict[str, Any]:
    """Read what the answer says aloud."""
    said: dict[str, Any] = events(answer)["toast"]
    return said


def key(practitioner: Practitioner, start: datetime) -> str:
    """Name a slot as the grid's cells do."""
    site = practitioner.practice.sites.get(is_main=True)
    return f"{practitioner.pk}.{site.pk}.{int(start.timestamp()) // 60}"
