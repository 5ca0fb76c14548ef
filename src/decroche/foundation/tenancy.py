"""Keep one practice's rows from another's.

Every model that holds a practice's data uses ``ScopedManager``; a query outside a scope raises
``ScopeError`` instead of answering. The guard on each view opens the scope of exactly the
practices where the person has the permission that the view declares.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

import django_scopes
from django.db import models
from django_scopes import get_scope, scope, scopes_disabled
from django_scopes.exceptions import ScopeError

__all__ = ["ScopeError", "ScopedManager", "every_practice", "practice_scope", "scope_ids"]

if TYPE_CHECKING:
    Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)

    class ScopedManager(models.Manager[Row_co]):
        """Show the type checker what the factory below returns."""

        def __init__(self, *, practice: str, manager: type[models.Manager[Any]] | None = None) -> None: ...
        def with_scopes_disabled(self) -> Self: ...

else:

    def ScopedManager(*, practice: str, manager: type[models.Manager] = models.Manager) -> models.Manager:  # noqa: N802
        """Return a manager whose queries need a scope; ``practice`` is the path to the practice's id."""
        made = django_scopes.ScopedManager(practice=practice, _manager_class=manager)
        # The library makes a class on the spot; under this name the type checker finds the one above.
        type(made).__module__, type(made).__qualname__ = __name__, "ScopedManager"
        return made


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


def scope_ids() -> list[int] | None:
    """Give the practices that queries may see, for statements written by hand; None where they may see all.

    Raises:
        ScopeError: there is no scope.

    """
    here = get_scope()
    if not here.get("_enabled", True):
        return None
    if "practice" not in here:
        raise ScopeError("a statement about a practice's rows needs a scope")
    return list(here["practice"])
