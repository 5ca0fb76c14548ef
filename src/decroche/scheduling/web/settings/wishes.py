"""How a practitioner would like the days filled: a screen, and a fragment for whoever composes one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.actions.end_wish import bring_back_wish, end_wish, take_back_wish
from decroche.scheduling.actions.save_agenda_settings import save_agenda_settings
from decroche.scheduling.actions.set_wish import WishDatesReversed, WishIncomplete, set_wish
from decroche.scheduling.models import AgendaSettings, Wish
from decroche.scheduling.web import asked
from decroche.scheduling.web.forms.wishes import AgendaSettingsForm, WishForm
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings.frame import Frame
from decroche.ui.formats import clock, short_date

ICONS = {
    Wish.Kind.END_AT: "clock",
    Wish.Kind.FILL_GAPS: "layers",
    Wish.Kind.MORNINGS_FIRST: "sun",
    Wish.Kind.MAX_IN_A_ROW: "coffee",
    Wish.Kind.GROUP_HOME_VISITS: "car",
    Wish.Kind.EMERGENCY_SLOTS: "siren",
    Wish.Kind.NO_NEW_PATIENTS: "user-x",
}


@dataclass(frozen=True, slots=True)
class WishLine:
    """One wish in force or to come, worded."""

    wish: Wish
    words: str
    span: str
    icon: str
    is_today: bool
    whose: str


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show a practitioner's wishes, and what is decided once for the whole agenda."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    return screen(request, frame)


@require_GET
@requires(Permission.WISH)
def fragment(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the wishes in force today of a practice (or of one practitioner), each with its end, and a way to add one."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return HttpResponse("")
    return _fragment(request, frame)


@require_POST
@requires(Permission.WISH)
def add(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Write a wish; at once effective."""
    frame = frames.frame_of(request, practitioner_id)
    form = WishForm(request.POST)
    if form.is_valid():
        first, last = form.days(frame.today)
        try:
            wish = set_wish(
                practitioner=frame.practitioner,
                kind=form.cleaned_data["kind"],
                at=form.cleaned_data["at"],
                count=form.cleaned_data["count"],
                pause_minutes=form.cleaned_data["pause_minutes"] or 10,
                valid_from=first,
                valid_until=last,
                by=request.user,
                now=frames.now(),
            )
        except WishDatesReversed:
            form.add_error("valid_until", _("Le dernier jour vient avant le premier."))
        except WishIncomplete as missing:
            form.add_error(missing.field, _("Ce champ est nécessaire."))
        else:
            text = _("%(name)s : %(wish)s.") % {
                "name": frame.practitioner.display_name,
                "wish": wish_words(wish),
            }
            undo = reverse("agenda:take_back_wish", args=[wish.pk])
            return _answer(request, frame, text, undo)
    return _answer(request, frame, "", "", form=form, status=frames.INCOMPLETE)


@require_POST
@requires(Permission.WISH)
def end(request: PersonRequest, wish_id: int) -> HttpResponse:
    """Let a wish end now."""
    wish = get_object_or_404(Wish, pk=wish_id)
    frame = frames.frame_of(request, wish.practitioner_id)
    end_wish(wish_id=wish.pk, by=request.user, now=frames.now())
    text = _("Souhait terminé : %(wish)s.") % {"wish": wish_words(wish)}
    return _answer(request, frame, text, reverse("agenda:restore_wish", args=[wish.pk]))


@require_POST
@requires(Permission.WISH)
def restore(request: PersonRequest, wish_id: int) -> HttpResponse:
    """Put a wish that has just ended in force again."""
    wish = get_object_or_404(Wish, pk=wish_id)
    bring_back_wish(wish_id=wish.pk, by=request.user, now=frames.now())
    return frames.quiet(_("Souhait remis : %(wish)s.") % {"wish": wish_words(wish)})


@require_POST
@requires(Permission.WISH)
def take_back(request: PersonRequest, wish_id: int) -> HttpResponse:
    """Undo a wish that has just been set."""
    wish = get_object_or_404(Wish, pk=wish_id)
    take_back_wish(wish_id=wish.pk, by=request.user, now=frames.now())
    return frames.quiet(_("C’est défait : le souhait est retiré."))


@require_http_methods(["POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def save_settings(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Write what a practitioner decides once for the whole agenda."""
    frame = frames.frame_of(request, practitioner_id)
    form = AgendaSettingsForm(request.POST)
    if not form.is_valid():
        return screen(request, frame, settings_form=form, status=frames.INCOMPLETE)
    save_agenda_settings(
        practitioner=frame.practitioner, **form.cleaned_data, by=request.user, now=frames.now()
    )
    text = _("Réglages de %(name)s enregistrés.") % {"name": frame.practitioner.display_name}
    return frames.back(request, frame.address("settings_wishes"), text)


# --- what is shown --------------------------------------------------------------------------------------------------


def wish_words(wish: Wish) -> str:
    """Say a wish in a few words: "finit à 17 h", "pause après 4 rendez-vous"."""
    if wish.kind == Wish.Kind.END_AT and wish.at is not None:
        return _("finit à %(at)s") % {"at": clock(wish.at)}
    if wish.kind == Wish.Kind.MAX_IN_A_ROW:
        return ngettext(
            "pause de %(pause)s min après %(count)s rendez-vous",
            "pause de %(pause)s min après %(count)s rendez-vous d’affilée",
            wish.count or 0,
        ) % {"count": wish.count, "pause": wish.pause_minutes}
    if wish.kind == Wish.Kind.EMERGENCY_SLOTS:
        return ngettext(
            "%(count)s urgence gardée par demi-journée",
            "%(count)s urgences gardées par demi-journée",
            wish.count or 0,
        ) % {"count": wish.count}
    return {
        Wish.Kind.FILL_GAPS: _("trous à combler d’abord"),
        Wish.Kind.MORNINGS_FIRST: _("matins d’abord"),
        Wish.Kind.GROUP_HOME_VISITS: _("visites groupées par quartier"),
        Wish.Kind.NO_NEW_PATIENTS: _("pas de nouveaux patients"),
    }.get(Wish.Kind(wish.kind), str(wish.get_kind_display()))


def span_words(wish: Wish, *, today: date) -> str:
    """Say for how long: "aujourd’hui", "jusqu’au ven. 4 déc.", "toujours"."""
    first = short_date(wish.valid_from, this_year=today.year)
    if wish.valid_until is None:
        return _("toujours") if wish.valid_from <= today else _("à partir du %(first)s") % {"first": first}
    last = short_date(wish.valid_until, this_year=today.year)
    if wish.valid_from == wish.valid_until:
        return _("aujourd’hui") if wish.valid_from == today else last
    if wish.valid_from <= today:
        return _("jusqu’au %(last)s") % {"last": last}
    return _("du %(first)s au %(last)s") % {"first": first, "last": last}


def lines_of(wishes: Iterable[Wish], frame: Frame) -> list[WishLine]:
    """Word the wishes, in order of time."""
    names = {person.pk: person.display_name for person in frame.people}
    return [
        WishLine(
            wish,
            wish_words(wish),
            span_words(wish, today=frame.today),
            ICONS[Wish.Kind(wish.kind)],
            wish.valid_from <= frame.today,
            names.get(wish.practitioner_id, ""),
        )
        for wish in wishes
    ]


def wishes_of(practitioner_ids: Iterable[int], *, today: date) -> Any:
    """Select the wishes in force or to come."""
    rows = Wish.objects.filter(practitioner_id__in=list(practitioner_ids), ended_at__isnull=True)
    return rows.exclude(valid_until__lt=today)


def screen(request: PersonRequest, frame: Frame, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole screen of the wishes."""
    settings = AgendaSettings.objects.filter(practitioner=frame.practitioner).first() or AgendaSettings()
    initial = {
        "forced_per_day": settings.forced_per_day,
        "no_show_threshold": settings.no_show_threshold,
    }
    context = {
        "lines": lines_of(wishes_of([frame.practitioner.pk], today=frame.today), frame),
        "wish_form": WishForm(),
        "kinds": [(kind, kind.label, ICONS[kind]) for kind in Wish.Kind],
        "settings_form": AgendaSettingsForm(initial=initial),
    } | more
    return frames.page(request, frame, "scheduling/settings/wishes.html", context, status=status)


def _fragment(
    request: PersonRequest, frame: Frame, *, form: WishForm | None = None, status: int = 200
) -> HttpResponse:
    named = "practitioner" in request.GET or "practitioner" in request.POST
    chosen = asked.number(request.GET, "for")
    whose = next((person for person in frame.people if person.pk == chosen), frame.practitioner)
    ids = [frame.practitioner.pk] if named else [person.pk for person in frame.people]
    found = [line for line in lines_of(wishes_of(ids, today=frame.today), frame) if line.is_today]
    context = {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": whose,
        "lines": found,
        "alone": named or len(frame.people) == 1,
        "named": named,
        "wish_form": form or WishForm(),
        "kinds": [(kind, kind.label, ICONS[kind]) for kind in Wish.Kind],
    }
    return render(request, "scheduling/settings/_wishes.html", context, status=status)


def _answer(
    request: PersonRequest,
    frame: Frame,
    text: str,
    undo: str,
    *,
    form: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if "fragment" in request.POST and frames.is_fragment(request):
        answer = _fragment(request, frame, form=form, status=status)
        return frames.done(answer, text, undo) if text else answer
    if frames.is_fragment(request) and text:
        return frames.quiet(text, undo)
    if form is not None:
        return screen(request, frame, wish_form=form, status=status)
    address = "settings_wishes" if request.access.allows(frames.MAY, frame.practice.pk) else "page"
    if address == "page":
        return frames.back(request, reverse("agenda:page", args=[frame.practice.pk]), text)
    return frames.back(request, frame.address(address), text)
