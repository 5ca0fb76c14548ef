"""Make what stories of exchanges need."""

from datetime import timedelta
from typing import Any

from decroche.accounts.models import User
from decroche.interop.actions.make_feed import MadeFeed, make_feed
from decroche.interop.models import CalendarFeed
from decroche.practices.models import Practitioner
from tests.scheduling.factories import NOW

__all__ = ["NOW", "open_feed"]
DAY = timedelta(days=1)


def open_feed(*, practitioner: Practitioner, by: User, **fields: Any) -> MadeFeed:
    known = {
        "label": "téléphone",
        "detail": CalendarFeed.Detail.BUSY,
        "shows_visit_type": False,
        "now": NOW,
    }
    return make_feed(practitioner=practitioner, by=by, **known | fields)
