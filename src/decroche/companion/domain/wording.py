"""Say a wish in the words that the desk reads: French, the language of what people write here. Pure."""

from datetime import date, time


def wish_words(kind: str, *, at: time | None, count: int | None, pause_minutes: int) -> str:
    """Return the sentence that a wish becomes at the desk, without its dates; raises `KeyError` for an unknown kind."""
    minutes = f"\u202f{at.minute:02d}" if at and at.minute else ""
    hour = f"{at.hour}\u202fh{minutes}" if at else ""
    return {
        "end_at": f"Finit à {hour}\u202f: plus de rendez-vous après.",
        "fill_gaps": "Combler d’abord les trous entre les rendez-vous.",
        "mornings_first": "Proposer d’abord les matins.",
        "max_in_a_row": f"Pas plus de {count} rendez-vous d’affilée sans {pause_minutes}\u202fminutes de pause.",
        "group_home": "Regrouper les visites à domicile par quartier.",
        "emergency": f"Garder {count} créneau{'x' if (count or 0) > 1 else ''} d’urgence par demi-journée.",
        "no_new": "Pas de nouveaux patients.",
    }[kind]


def with_dates(words: str, *, first: date, last: date | None, today: date) -> str:
    """Add until when it holds, where that is not simply from now on."""
    until = "" if last is None else "aujourd’hui" if last == today >= first else f"jusqu’au {last:%d/%m}"
    since = f"à partir du {first:%d/%m}" if first > today else ""
    dates = " ".join(part for part in (since, until) if part)
    return f"{words} ({dates})" if dates else words
