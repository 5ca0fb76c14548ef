"""Deal at once with all that an absence or a delay touches: prepare, decide line by line, send, follow."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.kernel.interval import local_day
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.send_mass_move import mark_line_called, retry_line, send_mass_move
from decroche.scheduling.actions.start_mass_move import (
    AlreadySent,
    NothingTouched,
    Spot,
    change_line,
    start_away,
    start_from_absence,
    start_late,
    undo_mass_move,
)
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.models import Absence, MassMove, MassMoveItem
from decroche.scheduling.queries.mass_moves import (
    Line,
    alternatives,
    in_hand,
    lines_of,
    measured_delays,
    tally,
    to_report,
    touched_by,
)
from decroche.scheduling.web import asked
from decroche.scheduling.web.mass_form import AwayForm, LateForm
from decroche.scheduling.web.mass_words import problem_words, summary, title_of, to_say

INCOMPLETE = 422
#: How long a mass move that is done stays in sight.
REMEMBERED = timedelta(days=3)


@require_GET
@requires(Permission.MOVE_MANY)
def home(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Ask who is away or late; show what is in hand, and the absences that nobody has dealt with."""
    return _home(request, get_object_or_404(Practice, pk=practice_id))


@require_POST
@requires(Permission.MOVE_MANY)
def away(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Close the agenda and list what stands in the way."""
    practice = get_object_or_404(Practice, pk=practice_id)
    now = clock_now()
    form = AwayForm(request.POST, practice=practice, now=now)
    if not form.is_valid():
        return _home(request, practice, away_form=form, status=INCOMPLETE)
    said = form.cleaned_data
    move = start_away(
        practitioner=said["practitioner"],
        starts_at=said["starts_at"],
        ends_at=said["ends_at"],
        locum=said["locum"],
        reason=said["reason"],
        by=request.user,
        now=now,
    )
    return _go(request, move)


@require_POST
@requires(Permission.MOVE_MANY)
def late(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List who comes later today."""
    practice = get_object_or_404(Practice, pk=practice_id)
    now = clock_now()
    form = LateForm(request.POST, practice=practice, measured=measured_delays(practice=practice, now=now))
    if not form.is_valid():
        return _home(request, practice, late_form=form, status=INCOMPLETE)
    who = form.cleaned_data["late_practitioner"]
    until = local_day(now.astimezone(practice.zone).date(), practice.zone).end
    try:
        move = start_late(
            practitioner=who, minutes=form.cleaned_data["minutes"], until=until, by=request.user, now=now
        )
    except NothingTouched:
        form.add_error(None, _("%(who)s n’attend plus personne aujourd’hui.") % {"who": who.display_name})
        return _home(request, practice, late_form=form, status=INCOMPLETE)
    return _go(request, move)


@require_http_methods(["GET", "POST"])
@requires(Permission.MOVE_MANY)
def of_absence(request: PersonRequest, absence_id: int) -> HttpResponse:
    """Deal with an absence that was recorded elsewhere; a link shows it, a button begins."""
    absence = get_object_or_404(Absence.objects.select_related("practice", "practitioner"), pk=absence_id)
    begun = absence.mass_moves.filter(state=MassMove.State.DRAFT).first()
    if begun is not None:
        return _go(request, begun)
    if request.method == "POST":
        try:
            return _go(request, start_from_absence(absence_id=absence.pk, by=request.user, now=clock_now()))
        except NothingTouched:
            messages.info(request, _("Plus aucun rendez-vous n’est touché par cette absence."))
    return _home(request, absence.practice, absence=absence)


@require_GET
@requires(Permission.MOVE_MANY)
def show(request: PersonRequest, mass_move_id: int) -> HttpResponse:
    """Show the lines: to be decided, on their way, done, failed, to be called."""
    move = _move(mass_move_id)
    lines = lines_of(move)
    request.log_read(
        "patient", [line.item.appointment.patient_id for line in lines], practice_id=move.practice_id
    )
    count = tally(lines)
    is_late = move.kind == MassMove.Kind.LATE
    context = {
        "move": move,
        "title": title_of(move),
        "lines": _worded(lines),
        "count": count,
        "summary": summary(count, is_late=is_late),
        "is_late": is_late,
        "is_draft": move.state == MassMove.State.DRAFT,
        "is_sent": move.state == MassMove.State.SENT,
        "plans": MassMoveItem.Plan.choices,
        "practice": move.practice,
        "now": clock_now(),
    }
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "scheduling/_mass_move.html" if part else "scheduling/mass_move.html", context)


@require_POST
@requires(Permission.MOVE_MANY)
def send(request: PersonRequest, mass_move_id: int) -> HttpResponse:
    """Let it be done."""
    move = _move(mass_move_id)
    try:
        send_mass_move(mass_move_id=move.pk, by=request.user, now=clock_now())
    except NothingToUndo:
        return _changed(request, move, _("Ce report a été annulé entre-temps ; rien n’a été envoyé."))
    request.log_write(
        "appointment", list(move.items.values_list("appointment_id", flat=True)), practice_id=move.practice_id
    )
    return _changed(request, move, _("C’est parti. Vous pouvez suivre ici, ou quitter la page."))


@require_POST
@requires(Permission.MOVE_MANY)
def undo(request: PersonRequest, mass_move_id: int) -> HttpResponse:
    """Forget it, and the absence with it."""
    move = _move(mass_move_id)
    try:
        undo_mass_move(mass_move_id=move.pk, by=request.user, now=clock_now())
    except NothingToUndo:
        return _changed(
            request, move, _("Trop tard : c’est envoyé. Chaque rendez-vous se défait depuis l’agenda.")
        )
    text = (
        _("Annulé : l’agenda est de nouveau ouvert, personne n’a été prévenu.")
        if move.made_absence
        else _("Annulé : personne n’a été prévenu. L’absence reste notée.")
    )
    messages.success(request, text)
    return _redirect(request, reverse("agenda:mass_moves", args=[move.practice_id]))


@require_http_methods(["GET", "POST"])
@requires(Permission.MOVE_MANY)
def line(request: PersonRequest, item_id: int) -> HttpResponse:
    """List other places for one appointment; or decide otherwise about it."""
    item = _item(item_id)
    if request.method == "GET":
        request.log_read("patient", [item.appointment.patient_id], practice_id=item.mass_move.practice_id)
        now = clock_now()
        slots = [
            (slot, f"{slot.practitioner_id}.{slot.site_id}.{int(slot.starts_at.timestamp()) // 60}")
            for slot in alternatives(item, now=now)
        ]
        return render(request, "scheduling/_mass_places.html", {"item": item, "slots": slots})
    plan = request.POST.get("plan", "")
    if plan not in MassMoveItem.Plan.values:
        return _changed(request, item.mass_move, "")
    try:
        change_line(
            item_id=item.pk, plan=plan, by=request.user, now=clock_now(), spot=_spot(request, item.mass_move)
        )
    except AlreadySent:
        return _changed(request, item.mass_move, _("Cette ligne est déjà envoyée."))
    return _changed(request, item.mass_move, "")


@require_POST
@requires(Permission.MOVE_MANY)
def retry(request: PersonRequest, item_id: int) -> HttpResponse:
    """Try a line again."""
    item = _item(item_id)
    retry_line(item_id=item.pk, by=request.user, now=clock_now())
    request.log_write("appointment", [item.appointment_id], practice_id=item.mass_move.practice_id)
    return _changed(request, item.mass_move, "")


@require_POST
@requires(Permission.MOVE_MANY)
def called(request: PersonRequest, item_id: int) -> HttpResponse:
    """Write that the patient was told by telephone."""
    item = _item(item_id)
    mark_line_called(item_id=item.pk, by=request.user, now=clock_now())
    text = _("Noté : %(who)s est prévenu.") % {"who": item.appointment.patient}
    return _changed(request, item.mass_move, text, undo=reverse("agenda:line_to_call", args=[item.pk]))


@require_POST
@requires(Permission.MOVE_MANY)
def to_call(request: PersonRequest, item_id: int) -> HttpResponse:
    """Take that back (Ctrl+Z)."""
    item = _item(item_id)
    mark_line_called(item_id=item.pk, by=request.user, now=clock_now(), undo=True)
    return _changed(request, item.mass_move, _("C’est défait : encore à appeler."))


# --- answers ---------------------------------------------------------------------------------------------------------


def _home(
    request: PersonRequest,
    practice: Practice,
    *,
    away_form: AwayForm | None = None,
    late_form: LateForm | None = None,
    absence: Absence | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock_now()
    chosen = asked.number(request.GET, "practitioner")
    measured = measured_delays(practice=practice, now=now) if late_form is None else {}
    context = {
        "practice": practice,
        "practices": Practice.objects.order_by("name").only("name"),
        "away_form": away_form or AwayForm(practice=practice, now=now, initial=_asked_absence(request)),
        "late_form": late_form or LateForm(practice=practice, measured=measured, chosen=chosen),
        "moves": [(move, title_of(move)) for move in in_hand([practice.pk], since=now - REMEMBERED)],
        "unreported": to_report([practice.pk], now=now),
        "absence": absence,
        "touched": _touched_count(absence, now) if absence else 0,
        "now": now,
    }
    return render(request, "scheduling/mass_moves.html", context, status=status)


def _asked_absence(request: PersonRequest) -> dict[str, Any]:
    """Read whose absence, and from when to when, a link to the form names."""
    named = {name: request.GET[name] for name in ("starts", "ends") if name in request.GET}
    days = {name: asked.maybe_day(request.GET, name) for name in ("first_day", "last_day")}
    known = {name: day for name, day in days.items() if day is not None}
    return {"practitioner": asked.number(request.GET, "practitioner")} | named | known


def _touched_count(absence: Absence, now: datetime) -> int:
    return touched_by(
        practitioner_id=absence.practitioner_id,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        now=now,
    ).count()


def _worded(lines: Sequence[Line]) -> list[tuple[Line, str, str]]:
    """Give each line with what to say and what went wrong."""
    told, failed = MassMoveItem.Told.TO_CALL, MassMoveItem.State.FAILED
    return [
        (
            each,
            to_say(each.item) if each.item.told == told else "",
            problem_words(each.item.problem) if each.item.state == failed else "",
        )
        for each in lines
    ]


def _spot(request: PersonRequest, move: MassMove) -> Spot | None:
    """Read where the line is to go; None leaves it where it was."""
    wanted = asked.slot(request.POST)
    if wanted is None:
        return None
    return Spot(
        get_object_or_404(Practitioner, pk=wanted.practitioner_id, practice=move.practice_id),
        get_object_or_404(Site, pk=wanted.site_id, practice=move.practice_id),
        wanted.starts_at,
    )


def _move(mass_move_id: int) -> MassMove:
    found: MassMove = get_object_or_404(
        MassMove.objects.select_related(
            "practice", "practitioner", "absence__locum", "created_by", "sent_by"
        ),
        pk=mass_move_id,
    )
    return found


def _item(item_id: int) -> MassMoveItem:
    people = ("mass_move__practice", "mass_move__practitioner", "mass_move__absence__locum")
    found: MassMoveItem = get_object_or_404(
        MassMoveItem.objects.select_related(
            *people, "appointment__patient", "appointment__visit_type", "appointment__site"
        ),
        pk=item_id,
    )
    return found


def _go(request: PersonRequest, move: MassMove) -> HttpResponse:
    return _redirect(request, reverse("agenda:mass_move", args=[move.pk]))


def _redirect(request: PersonRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _changed(request: PersonRequest, move: MassMove, text: str, *, undo: str = "") -> HttpResponse:
    """Let the screens that show the lines read again; close the dialog."""
    if not request.htmx:  # type: ignore[attr-defined]
        if text:
            messages.info(request, text)
        return HttpResponseRedirect(reverse("agenda:mass_move", args=[move.pk]))
    events: dict[str, Any] = {"lists-changed": {"target": "body"}}
    if text:
        events["toast"] = {"text": text, "target": "body"} | ({"undo": undo, "seconds": 12} if undo else {})
    return HttpResponse("", headers={"HX-Trigger": json.dumps(events)})
