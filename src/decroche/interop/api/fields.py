"""The bounded sorts of fields that the API knows: every text, number and date has an end."""

from datetime import date, time
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _in_our_time(value: Any) -> Any:
    if value is not None and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError("a year from 2000 to 2099")
    return value


def _whole_minute(value: time) -> time:
    return value.replace(second=0, microsecond=0, tzinfo=None)


def Text(longest: int, shortest: int = 0) -> Any:  # noqa: N802 — reads as the type that it is
    """Give the type of a text of so many signs, without the one that PostgreSQL cannot keep."""
    return Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, max_length=longest, min_length=shortest, pattern=r"^[^\x00]*$"
        ),
    ]


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_time)]
Clock = Annotated[time, AfterValidator(_whole_minute)]


class In(Schema):
    """What is sent: a field that we do not know is a mistake to be told, not to be passed over."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[Item]):
    """A bounded piece of a list; `next_page` is null at its end."""

    items: list[Item]
    count: int
    next_page: int | None


class ProblemOut(Schema):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
