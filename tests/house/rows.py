"""What a practice's rows are, in one question: a digest of every table that holds some of them."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from decroche.foundation.tenancy import practice_scope


def every_row_of(practice_id: int) -> dict[str, str]:
    """Return a digest of the practice's rows in each table, by the model's name."""
    with connection.cursor() as cursor:
        cursor.execute(_question(practice_id))
        return dict(cursor.fetchall())


@cache
def _question(practice_id: int) -> str:
    parts = []
    with practice_scope([practice_id]), connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("decroche.") and _is_scoped(model):
                rows, parameters = model.objects.order_by().query.sql_with_params()  # type: ignore[attr-defined]
                rows = cursor.mogrify(rows, parameters)
                digest = "md5(string_agg(r::text, chr(10) ORDER BY r::text))"
                parts.append(f"SELECT '{model.__name__}', {digest} FROM ({rows}) AS r")
    return " UNION ALL ".join(parts)


def _is_scoped(model: Any) -> bool:
    return type(getattr(model, "objects", None)).__module__.startswith(
        ("django_scopes", "decroche.foundation")
    )
