"""A practitioner's own terms for a visit type, shown as what differs from the practice's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.save_offer import (
    LastOffer,
    OfferDatesReversed,
    OffersOverlap,
    OfferTerms,
    end_offer,
    save_offer,
    stop_receiving,
)
from decroche.scheduling.models import NewPatients, Place, VisitOffer, VisitType
from decroche.scheduling.web import asked
from decroche.scheduling.web.forms.visit_types import OfferForm, initial_of_offer
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings import undoing
from decroche.scheduling.web.settings.frame import Frame
from decroche.ui.formats import duration, short_date


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One set of terms of a practitioner: its dates, and what is not as the practice does."""

    offer: VisitOffer
    dates: str
    differences: tuple[str, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Receiver:
    """A practitioner, and whether and how they receive for a visit type."""

    practitioner: Practitioner
    receives: bool
    lines: tuple[OfferLine, ...]


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def save(request: PersonRequest, practitioner_id: int, visit_type_id: int) -> HttpResponse:
    """Show a practitioner's terms for a visit type in their form, or write them."""
    frame = frames.frame_of(request, practitioner_id)
    kind = get_object_or_404(VisitType, pk=visit_type_id, practice=frame.practice)
    chosen = asked.number(request.POST or request.GET, "offer")
    offer = (
        get_object_or_404(VisitOffer, pk=chosen, practitioner=frame.practitioner, visit_type=kind)
        if chosen
        else None
    )
    if request.method == "GET":
        form = OfferForm(initial=initial_of_offer(offer) if offer else None)
        return _form(request, frame, kind, offer, form)
    form = OfferForm(request.POST)
    if form.is_valid():
        try:
            save_offer(
                practitioner=frame.practitioner,
                visit_type=kind,
                terms=form.terms,
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                by=request.user,
                now=frames.now(),
                offer_id=offer.pk if offer else None,
            )
        except OffersOverlap:
            form.add_error(
                "valid_from",
                _("D’autres conditions valent déjà ces jours-là : donnez des dates qui les suivent."),
            )
        except OfferDatesReversed:
            form.add_error("valid_until", _("Le dernier jour vient avant le premier."))
        else:
            text = _("Conditions de %(name)s enregistrées.") % {"name": frame.practitioner.display_name}
            return _saved(request, frame, kind, text)
    return _form(request, frame, kind, offer, form, status=frames.INCOMPLETE)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def end(request: PersonRequest, visit_offer_id: int) -> HttpResponse:
    """Let a practitioner's own terms end yesterday; terms to come are removed."""
    offer = get_object_or_404(VisitOffer.objects.select_related("visit_type"), pk=visit_offer_id)
    frame = frames.frame_of(request, offer.practitioner_id)
    eve = frame.today - timedelta(days=1)
    with undoing.of_settings(request, frame.practice) as undo:
        try:
            end_offer(offer_id=offer.pk, last_day=eve, by=request.user, now=frames.now())
            text = _("Conditions terminées.")
        except LastOffer:
            text = _last_words(frame)
        return _saved(request, frame, offer.visit_type, text, undo())


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def receive(request: PersonRequest, practitioner_id: int, visit_type_id: int) -> HttpResponse:
    """Let a practitioner receive for a visit type, or not any more."""
    frame = frames.frame_of(request, practitioner_id)
    kind = get_object_or_404(VisitType, pk=visit_type_id, practice=frame.practice)
    wanted = request.POST.get("receives") == "1"
    with undoing.of_settings(request, frame.practice) as undo:
        text = _receive(request, frame, kind, wanted=wanted)
        return _saved(request, frame, kind, text, undo())


def _receive(request: PersonRequest, frame: Frame, kind: VisitType, *, wanted: bool) -> str:
    """Do it, and say what came of it."""
    names = {"name": frame.practitioner.display_name, "kind": kind.name}
    whose: dict[str, Any] = {
        "practitioner": frame.practitioner,
        "visit_type": kind,
        "by": request.user,
        "now": frames.now(),
    }
    try:
        if wanted:
            save_offer(**whose, terms=OfferTerms(), valid_from=None, valid_until=None)
            return _("%(name)s reçoit pour « %(kind)s ».") % names
        stop_receiving(**whose)
    except LastOffer:
        return _last_words(frame)
    except OffersOverlap:
        return _("%(name)s reçoit déjà pour « %(kind)s ».") % names
    return _("%(name)s ne reçoit plus pour « %(kind)s ».") % names


# --- what is shown --------------------------------------------------------------------------------------------------


def receivers_of(frame: Frame, kind: VisitType) -> list[Receiver]:
    """List the practice's people, whether they receive for it and on which terms; 1 query."""
    offers = list(VisitOffer.objects.filter(practitioner__in=frame.people).order_by("valid_from", "pk"))
    choosy = {offer.practitioner_id for offer in offers}
    found = []
    for person in frame.people:
        own = [
            offer for offer in offers if offer.practitioner_id == person.pk and offer.visit_type_id == kind.pk
        ]
        lines = tuple(_line(offer, kind, frame.today) for offer in own)
        receives = person.pk not in choosy or any(not line.is_over for line in lines)
        found.append(Receiver(person, receives, lines))
    return found


def terms_words(kind: VisitType) -> list[str]:
    """Say in a few words each what is particular about a visit type."""
    words = [duration(kind.duration_minutes)]
    if kind.buffer_before_minutes or kind.buffer_after_minutes:
        words.append(_buffers(kind.buffer_before_minutes, kind.buffer_after_minutes))
    if kind.online_may_book:
        words.append(_("en ligne"))
    if not kind.secretary_may_book and not kind.online_may_book:
        words.append(_("le praticien seul"))
    if kind.new_patients != NewPatients.ANY:
        words.append(str(kind.get_new_patients_display()))
    if kind.place != Place.SITE:
        words.append(str(kind.get_place_display()))
    words += _limits(kind.notice_minutes or None, kind.horizon_days, kind.max_per_day, kind.max_per_half_day)
    if kind.series_sessions:
        words.append(
            _("%(n)s séances, %(each)s par semaine")
            % {"n": kind.series_sessions, "each": kind.series_per_week}
        )
    words += [resource.name for resource in kind.resources.all()]
    return words


def _line(offer: VisitOffer, kind: VisitType, today: date) -> OfferLine:
    words: list[str] = []
    if offer.duration_minutes is not None and offer.duration_minutes != kind.duration_minutes:
        usual = {"own": duration(offer.duration_minutes), "usual": duration(kind.duration_minutes)}
        words.append(_("%(own)s au lieu de %(usual)s") % usual)
    if offer.buffer_before_minutes is not None or offer.buffer_after_minutes is not None:
        before = offer.buffer_before_minutes
        after = offer.buffer_after_minutes
        words.append(
            _buffers(
                kind.buffer_before_minutes if before is None else before,
                kind.buffer_after_minutes if after is None else after,
            )
        )
    if offer.secretary_may_book is not None:
        words.append(
            _("donné par le secrétariat") if offer.secretary_may_book else _("pas par le secrétariat")
        )
    if offer.online_may_book is not None:
        words.append(_("pris en ligne") if offer.online_may_book else _("pas en ligne"))
    if offer.new_patients:
        words.append(str(offer.get_new_patients_display()))
    words += _limits(offer.notice_minutes, offer.horizon_days, offer.max_per_day, offer.max_per_half_day)
    return OfferLine(
        offer, _dates(offer, today), tuple(words), offer.valid_until is not None and offer.valid_until < today
    )


def _dates(offer: VisitOffer, today: date) -> str:
    days = {
        "first": short_date(offer.valid_from, this_year=today.year) if offer.valid_from else "",
        "last": short_date(offer.valid_until, this_year=today.year) if offer.valid_until else "",
    }
    if offer.valid_from and offer.valid_until:
        return _("du %(first)s au %(last)s") % days
    if offer.valid_from:
        return _("à partir du %(first)s") % days
    return _("jusqu’au %(last)s") % days if offer.valid_until else ""


def _buffers(before: int, after: int) -> str:
    return _("%(before)s min avant, %(after)s min après") % {"before": before, "after": after}


def _limits(
    notice: int | None, horizon: int | None, per_day: int | None, per_half_day: int | None
) -> list[str]:
    words = []
    if notice is not None:
        words.append(
            _("%(length)s à l’avance") % {"length": duration(timedelta(minutes=notice))}
            if notice
            else _("sans délai")
        )
    if horizon is not None:
        words.append(ngettext("à %(n)s jour au plus", "à %(n)s jours au plus", horizon) % {"n": horizon})
    if per_day is not None:
        words.append(_("%(n)s par jour") % {"n": per_day})
    if per_half_day is not None:
        words.append(_("%(n)s par demi-journée") % {"n": per_half_day})
    return words


def _last_words(frame: Frame) -> str:
    return _("C’est le dernier motif de %(name)s : retirez plutôt ses plages d’ouverture.") % {
        "name": frame.practitioner.display_name
    }


def _form(
    request: PersonRequest,
    frame: Frame,
    kind: VisitType,
    offer: VisitOffer | None,
    form: OfferForm,
    *,
    status: int = 200,
) -> HttpResponse:
    template = "scheduling/settings/_offer.html"
    context: dict[str, Any] = {"kind": kind, "offer": offer, "offer_form": form, "panel": template}
    if frames.is_fragment(request):
        shared = {"frame": frame, "practice": frame.practice, "practitioner": frame.practitioner}
        return render(request, template, shared | context, status=status)
    from decroche.scheduling.web.settings import visit_types  # noqa: PLC0415 — the two screens show one another

    return visit_types.screen(request, frame, status=status, **context)


def _saved(request: PersonRequest, frame: Frame, kind: VisitType, text: str, undo: str = "") -> HttpResponse:
    if frames.is_fragment(request):
        context = {
            "frame": frame,
            "practice": frame.practice,
            "practitioner": frame.practitioner,
            "kind": kind,
            "receivers": receivers_of(frame, kind),
        }
        return frames.done(render(request, "scheduling/settings/_receivers.html", context), text, undo)
    address = reverse("agenda:change_visit_type", args=[frame.practice.pk, kind.pk])
    return frames.back(request, f"{address}{frame.query}", text)
