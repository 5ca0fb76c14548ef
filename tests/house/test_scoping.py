"""Every table that holds a practice's data refuses to be read without a scope; screens never lift it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

import decroche
from decroche.foundation.tenancy import ScopeError

PACKAGE = Path(decroche.__file__).parent
OURS = [model for model in apps.get_models() if model.__module__.startswith("decroche.")]
# Tables that name a practice without being its patients' data, each with its reason.
UNSCOPED = {
    "AccessLogEntry": "the log outlives every scope; its one page filters by practice itself",
    "SwitchboardOrder": "a mailbox between processes, read by the switchboard only",
}
# Screens that read across practices, each with its reason.
LIFTED = {
    "calls/log.py": "calls to numbers that belong to no practice are shown to supervisors, and to nobody else",
}
LIFTS = re.compile(r"every_practice|scopes_disabled|_base_manager|_default_manager")


def _holds_a_practice_s_data() -> set[type[models.Model]]:
    """Return the models from which a chain of foreign keys, or a bare id, leads to a practice."""
    practice = apps.get_model("practices", "Practice")
    found: set[type[models.Model]] = {practice}
    while True:
        more = {
            model
            for model in OURS
            if model not in found and any(_leads_to(field, found) for field in model._meta.get_fields())
        }
        if not more:
            return found
        found |= more


def _leads_to(field: Any, found: set[type[models.Model]]) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model in found
    return getattr(field, "name", "") == "practice_id"


@pytest.mark.parametrize(
    "model", sorted(_holds_a_practice_s_data(), key=lambda m: m.__name__), ids=lambda m: m.__name__
)
def test_a_practice_s_rows_need_a_scope(model: type[models.Model]) -> None:
    if model.__name__ in UNSCOPED:
        return
    with pytest.raises(ScopeError):
        model.objects.all()  # type: ignore[attr-defined]


def test_the_exceptions_still_exist() -> None:
    assert set(UNSCOPED) <= {model.__name__ for model in OURS}


def test_no_screen_lifts_the_scope() -> None:
    lifted = []
    for path in sorted(PACKAGE.glob("*/web/*.py")):
        if f"{path.parts[-3]}/{path.name}" in LIFTED:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if found := LIFTS.search(line):
                lifted.append(f"{path.relative_to(PACKAGE)}:{number} {found.group()}")
    assert not lifted, "\n".join(["a screen's scope comes from its guard:", *lifted])
