"""Keep the access log's months in order."""

import structlog
from django.conf import settings
from procrastinate.contrib.django import app

from decroche.accounts.actions.keep_access_log import drop_old_months, make_months_ahead
from decroche.foundation.clock import now

log = structlog.get_logger(__name__)


@app.periodic(cron="17 3 * * *")
@app.task(name="accounts.keep_access_log", queueing_lock="accounts.keep_access_log", pass_context=False)
def keep_access_log(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own
    """Make the months ahead and drop those past retention, every night."""
    instant = now()
    make_months_ahead(now=instant)
    dropped = drop_old_months(now=instant, keep_months=settings.ACCESS_LOG_MONTHS)
    log.info("access_log_kept", dropped_months=len(dropped))
