"""What others may ask of the notices."""

from collections.abc import Collection

from decroche.notifications.models import OutgoingNotice


def has_left(*, facts: Collection[str], kind: str, saying: str) -> bool:
    """Tell whether a notice of this kind about one of these facts was sent with these words in it; 1 query."""
    rows = OutgoingNotice.objects.filter(fact__in=facts, kind=kind, sent_at__isnull=False)
    return rows.filter(body__contains=saying).exists()
