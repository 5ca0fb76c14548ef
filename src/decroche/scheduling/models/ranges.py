"""Expressions by which gist can index an equality without any extension, and the time of a row."""

from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    IntegerRangeField,
)
from django.db import models


class _PractitionerRange(models.Func):
    """Make an equality that gist can index: a range of the one id."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class _Period(models.Func):
    """The half-open time of a row."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class _Days(models.Func):
    """The days of a row, both included, endless when the last one is null."""

    function = "daterange"
    output_field = DateRangeField()


class _Lane(models.Func):
    """The part of a practitioner's attention that a row takes: all of it, or one lane of many (see `Appointment.lane`)."""

    function = "int4range"
    template = (
        "CASE WHEN %(expressions)s IS NULL THEN int4range(0, 1000)"
        " ELSE int4range(%(expressions)s::int, %(expressions)s::int + 1) END"
    )
    output_field = IntegerRangeField()
