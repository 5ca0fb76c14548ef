"""The week at a glance, and everything that writes several opening rules at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.put_back_rules import ChangedSince, RulesChange, put_back_rules
from decroche.scheduling.actions.save_opening_rule import RuleOverlaps
from decroche.scheduling.actions.set_week import (
    NothingToCopy,
    change_timetable,
    copy_day,
    copy_week,
    open_week,
)
from decroche.scheduling.web.forms.openings import (
    CopyDayForm,
    CopyWeekForm,
    TimetableForm,
    WeekForm,
)
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings import undoing
from decroche.scheduling.web.settings.board import week_board
from decroche.scheduling.web.settings.frame import Frame
from decroche.scheduling.web.settings.outside import outside_context
from decroche.scheduling.web.settings.preview import preview_context
from decroche.scheduling.web.settings.words import overlap_sentence, week_words
from decroche.ui.formats import short_date

#: Usual weeks, as one would type them.
PRESETS = (
    "lun-ven 9h-12h / 14h-19h",
    "lun-ven 8h30-12h30 / 13h30-18h30",
    "lun-ven 8h-20h",
    "sam 9h-12h",
)


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show one practitioner's usual week as it stands on a day."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    if frames.is_fragment(request):
        return render(request, "scheduling/settings/_week.html", week_context(frame))
    return screen(request, frame)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def write(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Open a week written in words."""
    frame = frames.frame_of(request, practitioner_id)
    form = WeekForm(request.POST, practice=frame.practice)
    if form.is_valid():
        given = form.cleaned_data
        with undoing.of_rules(request, frame.practitioner) as undo:
            try:
                made = open_week(
                    practitioner=frame.practitioner,
                    site=given["site"],
                    spans=given["week"],
                    on=given["on"],
                    replace=given["replace"],
                    by=request.user,
                    now=frames.now(),
                )
            except RuleOverlaps as overlap:
                form.add_error("week", overlap_sentence(overlap.other))
            else:
                text = ngettext("%(count)s plage ouverte.", "%(count)s plages ouvertes.", len(made)) % {
                    "count": len(made)
                }
                return _written(request, frame, text, undo)
    if frames.is_fragment(request):
        context = week_context(frame) | {"week_form": form}
        return render(request, "scheduling/settings/_line.html", context, status=frames.INCOMPLETE)
    return screen(request, frame, week_form=form, status=frames.INCOMPLETE)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def repeat_day(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Give other days the openings of one."""
    frame = frames.frame_of(request, practitioner_id)
    form = CopyDayForm(request.POST)
    if not form.is_valid():
        return _refused(request, frame, _first_error(form))

    def work() -> str:
        given = form.cleaned_data
        copy_day(
            practitioner=frame.practitioner,
            weekday=given["weekday"],
            onto=given["onto"],
            on=given["on"],
            by=request.user,
            now=frames.now(),
        )
        return _("Journée recopiée.")

    return _try(request, frame, work)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def take_over_week(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Give this practitioner a colleague's week."""
    frame = frames.frame_of(request, practitioner_id)
    form = CopyWeekForm(request.POST, practitioner=frame.practitioner)
    if not form.is_valid():
        return _refused(request, frame, _first_error(form))

    def work() -> str:
        like: Practitioner = form.cleaned_data["like"]
        copy_week(
            practitioner=frame.practitioner,
            like=like,
            on=form.cleaned_data["on"],
            by=request.user,
            now=frames.now(),
        )
        return _("Semaine de %(name)s recopiée.") % {"name": like.display_name}

    return _try(request, frame, work)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def begin_timetable(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Begin another timetable on a day; the weeks before keep theirs."""
    frame = frames.frame_of(request, practitioner_id)
    form = TimetableForm(request.POST)
    if not form.is_valid():
        return _refused(request, frame, _first_error(form))
    on = form.cleaned_data["on"]
    with undoing.of_rules(request, frame.practitioner) as undo:
        change_timetable(
            practitioner=frame.practitioner,
            on=on,
            keep=form.cleaned_data["keep"],
            by=request.user,
            now=frames.now(),
        )
        text = _("Vous réglez maintenant les horaires à partir du %(day)s.") % {
            "day": short_date(on, this_year=frame.today.year)
        }
        address = undo()
    later = Frame(frame.practice, frame.practitioner, frame.people, frame.sites, frame.today, on)
    if not frames.is_fragment(request):
        return frames.back(request, later.address(), text)
    answer = render(request, "scheduling/settings/_week.html", week_context(later))
    answer["HX-Push-Url"] = later.address()
    answer["HX-Retarget"], answer["HX-Reswap"] = "#week", "outerHTML"
    return frames.done(answer, text, address)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def undo(request: PersonRequest, practitioner_id: int, key: str) -> HttpResponse:
    """Put the opening rules back as they were before a change made a moment ago."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    kept = undoing.take(request, key, practitioner=practitioner.pk)
    if kept is None:
        return frames.quiet(_("Il n’y a plus rien à défaire."))
    change = RulesChange(kept["before"], kept["after"])
    try:
        put_back_rules(practitioner=practitioner, change=change, by=request.user, now=frames.now())
    except (ChangedSince, RuleOverlaps):
        return frames.quiet(_("Ces horaires ont changé depuis : ils restent tels quels."))
    return frames.quiet(_("C’est défait : les horaires sont comme avant."))


# --- answers --------------------------------------------------------------------------------------------------------


def week_context(frame: Frame) -> dict[str, Any]:
    """Give what the week's own part of the page shows."""
    board = week_board(frame.practitioner, on=frame.on, sites=frame.sites)
    return {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": frame.practitioner,
        "board": board,
        "presets": PRESETS,
        "week_form": WeekForm(
            practice=frame.practice, initial={"on": frame.on, "site": frame.site.pk, "replace": False}
        ),
        "since": week_words(frame.on, today=frame.today),
        "others": [person for person in frame.people if person.pk != frame.practitioner.pk],
        "next_monday": frame.today + timedelta(days=7 - frame.today.weekday()),
    }


def screen(request: PersonRequest, frame: Frame, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole screen of the week."""
    context = week_context(frame) | preview_context(request, frame) | outside_context(request, frame) | more
    return frames.page(request, frame, "scheduling/settings/week.html", context, status=status)


def _try(request: PersonRequest, frame: Frame, work: Callable[[], str]) -> HttpResponse:
    with undoing.of_rules(request, frame.practitioner) as undo:
        try:
            text = work()
        except NothingToCopy:
            return _refused(request, frame, _("Il n’y a rien à recopier : rien n’est ouvert là."))
        except RuleOverlaps as overlap:
            return _refused(request, frame, overlap_sentence(overlap.other))
        return _written(request, frame, text, undo)


def _written(request: PersonRequest, frame: Frame, text: str, undo: Callable[[], str]) -> HttpResponse:
    address = undo()
    if frames.is_fragment(request):
        return frames.quiet(text, address)
    return frames.back(request, frame.address(), text)


def _refused(request: PersonRequest, frame: Frame, text: str) -> HttpResponse:
    if frames.is_fragment(request):
        return frames.quiet(text)
    return frames.back(request, frame.address(), text)


def _first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])
