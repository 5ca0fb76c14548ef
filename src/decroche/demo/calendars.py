"""French public holidays, computed; a practice closes on one only when it has said so."""

import datetime as dt


def easter(year: int) -> dt.date:
    """Return Easter Sunday (anonymous Gregorian computus, Meeus 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


def holidays(year: int, region: str) -> dict[dt.date, str]:
    """Return the days off of a year by name; ``region`` "MQ" adds the abolition of slavery (22 May)."""
    sunday = easter(year)
    days = {
        dt.date(year, 1, 1): "Jour de l'an",
        sunday + dt.timedelta(days=1): "Lundi de Pâques",
        dt.date(year, 5, 1): "1er mai",
        dt.date(year, 5, 8): "8 mai",
        sunday + dt.timedelta(days=39): "Ascension",
        sunday + dt.timedelta(days=50): "Lundi de Pentecôte",
        dt.date(year, 7, 14): "14 juillet",
        dt.date(year, 8, 15): "Assomption",
        dt.date(year, 11, 1): "Toussaint",
        dt.date(year, 11, 11): "11 novembre",
        dt.date(year, 12, 25): "Noël",
    }
    if region == "MQ":
        days[dt.date(year, 5, 22)] = "Abolition de l'esclavage"
    return days


def window(today: dt.date, *, weeks_before: int, weeks_after: int) -> tuple[dt.date, dt.date]:
    """Return the half-open run of whole weeks around today, Monday to Monday."""
    monday = today - dt.timedelta(days=today.weekday())
    return monday - dt.timedelta(weeks=weeks_before), monday + dt.timedelta(weeks=weeks_after)
