"""Keep how those who wait, and those at their posts, were last described to the policy.

Everything about them is read anew for every decision. Whoever is described as before is the same object as before, by
which the policy knows that nothing about him has changed: so no change has to be told, and none can be forgotten.
"""

from collections.abc import Collection
from typing import Final

from decroche.calls.domain.routing import PostFact, Standing, WaitingCall
from decroche.calls.switchboard.state import Directory, LiveCall, LivePost

_SPARE: Final = 64  # calls that may be gone before they are forgotten, besides as many as wait
_TRIED: Final = WaitingCall._fields.index("tried")


class Share:
    """Hold what is kept for those whose calls are shared out in one way, as long as the house stays as it is."""

    def __init__(self, sharer: int, directory: Directory) -> None:
        self.sharer, self.directory = sharer, directory
        self.standing = Standing()
        self.secretariats: set[int] = set()  # which have had somebody to answer
        self._calls: dict[int, WaitingCall] = {}  # by identity; whose they are they say themselves

    def call(self, call: LiveCall, said: tuple[object, ...]) -> WaitingCall:
        """Return the description of a caller that says this, the one before if it said the same."""
        kept = self._calls.get(id(call))
        if kept is None or kept != said:
            kept = self._calls[id(call)] = WaitingCall._make(
                [*said[:_TRIED], dict(call.tried), *said[_TRIED + 1 :]]  # it is changed in its place
            )
        return kept

    def forget_all_but(self, waiting: Collection[LiveCall]) -> None:
        """Forget the callers who are gone, once they are many."""
        if len(self._calls) > 2 * len(waiting) + _SPARE:
            there = {*map(id, waiting)}
            self._calls = {key: kept for key, kept in self._calls.items() if key in there}


class Described:
    """Hold the descriptions of one floor."""

    def __init__(self) -> None:
        self._posts: dict[int, PostFact] = {}  # by user
        self._shares: dict[int, Share] = {}  # by the secretariat whose way it is

    def share(self, sharer: int, directory: Directory) -> Share:
        """Return what is kept for one way to share calls out."""
        found = self._shares.get(sharer)
        if found is None or found.directory is not directory:
            found = self._shares[sharer] = Share(sharer, directory)
        return found

    def post(self, post: LivePost, said: tuple[object, ...]) -> PostFact:
        """Return the description of a post that says this, the one before if it said the same."""
        kept = self._posts.get(post.user_id)
        if kept is None or kept != said:
            kept = self._posts[post.user_id] = PostFact._make(said)
        return kept
