"""Take back what has not left yet."""

from collections.abc import Collection

from decroche.notifications.models import NoticeStatus, OutgoingNotice


def withdraw_notices(*, facts: Collection[str]) -> int:
    """Let what is still queued about these facts never leave; give how many. What has left stays as it is."""
    queued = OutgoingNotice.objects.filter(fact__in=facts, status=NoticeStatus.QUEUED)
    return queued.update(status=NoticeStatus.WITHDRAWN)
