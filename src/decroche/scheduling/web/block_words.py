"""Word a practitioner's refusal of a patient, so that it can be said aloud."""

from django.utils import timezone
from django.utils.translation import gettext as _

from decroche.scheduling.queries.of_patient import Block
from decroche.ui.formats import short_date


def blocked_sentence(block: Block) -> str:
    """Say since when a practitioner gives this patient no appointments, and why."""
    since = timezone.localtime(block.since).date()
    return _("Depuis le %(since)s, %(who)s ne donne plus de rendez-vous à ce patient : %(why)s.") % {
        "since": short_date(since, this_year=timezone.localdate().year),
        "who": block.practitioner_name,
        "why": block.reason.rstrip("."),
    }
