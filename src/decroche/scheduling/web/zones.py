"""Say in words that an agenda's clock is not the reader's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.ui.formats import duration


def zone_gap(theirs: str, mine: str, now: datetime) -> str:
    """Give "−5 h", or nothing when both clocks agree."""
    there, here = now.astimezone(ZoneInfo(theirs)).utcoffset(), now.astimezone(ZoneInfo(mine)).utcoffset()
    if there is None or here is None or there == here:
        return ""
    return f"{'−' if there < here else '+'}{duration(abs(there - here))}"


def zone_note(theirs: str, mine: str, now: datetime) -> str:
    """Give "Heure de Martinique : 5 heures de moins que chez vous", or nothing when both clocks agree."""
    there, here = now.astimezone(ZoneInfo(theirs)).utcoffset(), now.astimezone(ZoneInfo(mine)).utcoffset()
    if there is None or here is None or there == here:
        return ""
    minutes = int((there - here).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    length = ngettext("%(hours)s heure", "%(hours)s heures", hours) % {"hours": hours}
    if rest:
        length = f"{length} {rest:02d}"
    place = theirs.rsplit("/", 1)[-1].replace("_", " ")
    words = (
        _("Heure de %(place)s : %(length)s de moins que chez vous")
        if minutes < 0
        else _("Heure de %(place)s : %(length)s de plus que chez vous")
    )
    return words % {"place": place, "length": length}
