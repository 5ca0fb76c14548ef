"""What patients will see: the next free times of a visit type, asked of the engine as a patient would."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.domain.asking import Asker, Channel, Reason
from decroche.scheduling.models import VisitOffer, VisitType
from decroche.scheduling.queries import Slot, open_slots
from decroche.scheduling.web import asked
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings.frame import Frame

_LIMIT = 40
ONLINE, SECRETARY = "online", "secretary"
NEW, KNOWN = "new", "known"


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One day of the preview, with its times and why each stands where it does."""

    day: date
    slots: tuple[tuple[Slot, str], ...]


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the next free times; reads again when the rules change."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    context = {"frame": frame, "practice": frame.practice, "practitioner": frame.practitioner}
    return render(request, "scheduling/settings/_preview.html", context | preview_context(request, frame))


def preview_context(request: PersonRequest, frame: Frame) -> dict[str, Any]:
    """Ask the engine what the chosen person would be proposed."""
    kinds = list(VisitType.objects.filter(practice=frame.practice, is_active=True))
    chosen = asked.number(request.GET, "type")
    usual = next((kind for kind in kinds if kind.online_may_book), kinds[0] if kinds else None)
    kind = next((each for each in kinds if each.pk == chosen), usual)
    patient = NEW if request.GET.get("patient") == NEW else KNOWN
    # Where nothing is taken online, what is worth seeing is what the desk proposes.
    usual_view = ONLINE if usual is not None and usual.online_may_book else SECRETARY
    asked_view = request.GET.get("seen_by", "")
    seen_by = asked_view if asked_view in {ONLINE, SECRETARY} else usual_view
    found = _slots(frame, kind, patient, seen_by) if kind is not None else []
    days = _days(found) if seen_by == ONLINE else [PreviewDay(frame.today, tuple(_ranked(found[:12])))]
    return {
        "preview_kinds": kinds,
        "preview_kind": kind,
        "preview_patient": patient,
        "preview_seen_by": seen_by,
        "preview_days": [day for day in days if day.slots],
        "preview_shut": seen_by == ONLINE and kind is not None and not found and not _is_online(frame, kind),
    }


def reason_words(reason: Reason) -> str:
    """Say why a time stands where it does."""
    words = {
        Reason.FIRST: _("le premier"),
        Reason.FILLS_GAP: _("comble un trou"),
        Reason.NEXT_TO: _("touche un rendez-vous"),
        Reason.MORNING: _("le matin d’abord"),
        Reason.SAME_AREA: _("même quartier"),
        Reason.NEAR_DATE: _("près de la date"),
    }
    return words.get(reason, "")


def _slots(frame: Frame, kind: VisitType, patient: str, seen_by: str) -> list[Slot]:
    now = frames.now()
    asker = Asker(
        channel=Channel.ONLINE if seen_by == ONLINE else Channel.SECRETARY, is_new_patient=patient == NEW
    )
    return open_slots(
        practitioners=[frame.practitioner], visit_type=kind, start=now, now=now, limit=_LIMIT, asker=asker
    )


def _is_online(frame: Frame, kind: VisitType) -> bool:
    """Tell whether a patient may take this visit type online with this practitioner, some day."""
    own = VisitOffer.objects.filter(practitioner=frame.practitioner, visit_type=kind).values_list(
        "online_may_book", flat=True
    )
    return (
        kind.online_may_book if not own else any(kind.online_may_book if may is None else may for may in own)
    )


def _days(slots: Iterable[Slot]) -> list[PreviewDay]:
    return [
        PreviewDay(day, tuple((slot, "") for slot in group)) for day, group in groupby(slots, key=_local_day)
    ]


def _ranked(slots: Iterable[Slot]) -> Iterable[tuple[Slot, str]]:
    for slot in slots:
        # What fills a gap touches appointments of course: saying it once is enough.
        told = [
            each for each in slot.reasons if each != Reason.NEXT_TO or Reason.FILLS_GAP not in slot.reasons
        ]
        yield slot, ", ".join(filter(None, (reason_words(reason) for reason in told)))


def _local_day(slot: Slot) -> date:
    return slot.starts_at.astimezone(ZoneInfo(slot.timezone)).date()
