"""Keep one practice's rows from another's.

Every model that holds a practice's data uses ``ScopedManager``; a query outside a scope raises
``ScopeError`` instead of answering. The guard on each view opens the scope of exactly the
practices where the person has the permission that the view declares.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django_scopes import ScopedManager as _ScopedManager
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

__all__ = ["ScopeError", "ScopedManager", "every_practice", "practice_scope"]


def ScopedManager(*, practice: str, manager: Any = None) -> Any:  # noqa: N802
    """Return a manager whose queries need a practice scope; ``practice`` is the path to the practice's id."""
    return _ScopedManager(practice=practice, _manager_class=manager) if manager else _ScopedManager(practice=practice)


@contextmanager
def practice_scope(practice_ids: Iterable[int]) -> Iterator[None]:
    """Let queries see the rows of these practices and of no other."""
    with scope(practice=sorted(set(practice_ids))):
        yield


@contextmanager
def every_practice() -> Iterator[None]:
    """Let queries see every practice: for jobs, the switchboard and set-up, never for a person's request."""
    with scopes_disabled():
        yield
