"""Say when a busy secretary is likely free: a caller may be kept for her only when that is soon."""

from datetime import datetime, timedelta
from functools import lru_cache
from math import exp, log, log1p, sqrt
from statistics import NormalDist

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing.facts import Policy, PostFact

_NORMAL = NormalDist()


def likely_free_at(post: PostFact, policy: Policy, now: datetime) -> datetime | None:
    """Return when she is free with the chance ``hold_if_likely``; None when nothing can be said.

    A wrap-up ends by itself. A talk that has lasted ``age`` is taken to be log-normal and longer than ``age``; the
    wrap-up that follows counts too, so that a caller is hardly ever held for somebody in the midst of a call.
    """
    if post.state is PostState.WRAP_UP:
        return max(now, post.free_at or post.since + policy.typical_wrap_up)
    if post.state is not PostState.ON_CALL:
        return None
    age = max(0.0, (now - post.since).total_seconds())
    left = _talk_left(age, policy.typical_talk.total_seconds(), policy.talk_spread, policy.hold_if_likely)
    return None if left is None else now + timedelta(seconds=left) + policy.typical_wrap_up


@lru_cache(maxsize=4096)
def _talk_left(age: float, mean: float, spread: float, chance: float) -> float | None:
    """Return by when a talk that has lasted ``age`` seconds ends with that chance."""
    if mean <= 0 or not 0 < chance < 1:
        return None
    if spread <= 0:
        return mean - age if age < mean else None
    sigma = sqrt(log1p(spread**2))
    mu = log(mean) - sigma**2 / 2
    longer = 1 - _NORMAL.cdf((log(age) - mu) / sigma) if age > 0 else 1.0
    below = 1 - longer * (1 - chance)
    return exp(mu + sigma * _NORMAL.inv_cdf(below)) - age if 0 < below < 1 else None
