"""Open a private calendar address on a practitioner's agenda."""

from dataclasses import dataclass
from datetime import datetime

from decroche.accounts.models import User
from decroche.interop.domain.secret import new_secret
from decroche.interop.models import CalendarFeed
from decroche.practices.models import Practitioner


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """The feed, and the secret of its address, which nobody will see again."""

    feed: CalendarFeed
    token: str


def make_feed(
    *,
    practitioner: Practitioner,
    label: str,
    detail: str,
    shows_visit_type: bool,
    by: User,
    now: datetime,
) -> MadeFeed:
    """Draw the secret and keep its digest. A feed that only says "busy" never shows a visit type."""
    secret = new_secret("")
    feed = CalendarFeed.objects.create(
        practice_id=practitioner.practice_id,
        practitioner=practitioner,
        label=label,
        detail=detail,
        shows_visit_type=shows_visit_type and detail != CalendarFeed.Detail.BUSY,
        digest=secret.digest,
        created_by=by,
        created_at=now,
    )
    return MadeFeed(feed, secret.text)
