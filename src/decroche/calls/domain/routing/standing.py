"""Keep from one decision to the next what has not changed, so that a decision costs what has changed."""

from collections.abc import Mapping

from decroche.calls.domain.routing.callers import Callers
from decroche.calls.domain.routing.cases import Case
from decroche.calls.domain.routing.facts import Facts, Familiarity, Policy, TeamPlan
from decroche.calls.domain.routing.people import LONG_AGO, Crowd


class Standing:
    """Hold what the decisions before found out; who lets decide keeps one, and hands it in.

    A caller or a post described by the same object as before is taken to be unchanged; everything else is compared.
    No decision depends on what is kept. When a rule changes, or the clock goes back, everything is found anew.
    """

    def __init__(self) -> None:
        self._now = LONG_AGO
        self._policy = Policy()
        self._mandates: Mapping[int, frozenset[int]] = {}
        self._teams: Mapping[int, TeamPlan] = {}
        self.crowd = Crowd(self._policy, Familiarity())
        self.callers = Callers(self.crowd, self._mandates, self._teams)

    def see(self, facts: Facts) -> list[Case]:
        """Take in what has changed, and return the cases of those who wait, who waits longest first."""
        if not self._holds_for(facts):
            known = facts.familiarity
            self._policy = facts.policy
            self._mandates, self._teams = dict(facts.mandates), dict(facts.teams)
            self.crowd = Crowd(self._policy, known if isinstance(known, Familiarity) else Familiarity(known))
            self.callers = Callers(self.crowd, self._mandates, self._teams)
        self._now, barred = facts.now, self.crowd.bars
        self.crowd.see(facts.posts, facts.now)
        if self.crowd.bars != barred:  # emergencies are now of another kind, or of the same again
            self.callers = Callers(self.crowd, self._mandates, self._teams)
        return self.callers.see(facts.calls, facts.line_teams, facts.now)

    def _holds_for(self, facts: Facts) -> bool:
        return (
            self._now <= facts.now
            and self.crowd.familiarity is facts.familiarity
            and self._policy == facts.policy
            and self._mandates == facts.mandates
            and self._teams == facts.teams
        )
