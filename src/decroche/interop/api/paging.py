"""Cut lists into bounded pages."""

from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query, Schema
from pydantic import Field

MOST = 100


class Paging(Schema):
    """Which page, and how long."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST)] = 50


Asked = Annotated[Paging, Query()]


def narrowed(rows: "QuerySet[Any]", **wanted: Any) -> "QuerySet[Any]":
    """Keep the rows that were asked for; what is None was not asked."""
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def page_of(rows: "QuerySet[Any]", paging: Paging, write: Callable[[Any], Any]) -> dict[str, Any]:
    """Read one page of rows (two queries) and write each."""
    return written(rows, paging, lambda piece: [write(row) for row in piece])


def written(
    rows: "QuerySet[Any]", paging: Paging, write: Callable[["QuerySet[Any]"], list[Any]]
) -> dict[str, Any]:
    """Read one page of rows and write them together."""
    count = rows.count()
    start = (paging.page - 1) * paging.per_page
    items = write(rows[start : start + paging.per_page])
    has_more = start + paging.per_page < count
    return {"items": items, "count": count, "next_page": paging.page + 1 if has_more else None}
