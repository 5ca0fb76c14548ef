"""Rewrite what a line says and where it falls back."""

from collections.abc import Mapping

from django.db import transaction

from decroche.foundation.live import hint
from decroche.practices.models import Line

FIELDS = ("greeting", "fallback_number")


def update_line(*, line: Line, values: Mapping[str, str]) -> Line:
    """Write a line's own words and its fallback number (E.164 or empty); what ``values`` does not name stays."""
    written = {name: values[name].strip() for name in FIELDS if name in values}
    with transaction.atomic():
        for name, value in written.items():
            setattr(line, name, value)
        line.save(update_fields=list(written))
        hint("practice", practice_id=line.practice_id, line_id=line.pk)
    return line
