"""Bring another agenda in: choose the file, check what it would become, write it, take it back."""

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop import jobs
from decroche.interop.actions.decide_line import decide_line
from decroche.interop.actions.read_import import new_import, read_again
from decroche.interop.actions.start_import import NotNow, discard_import, start_import, start_undo
from decroche.interop.domain.lines import FileFlaw, Unreadable
from decroche.interop.domain.table import Layout, sample
from decroche.interop.models import ImportLine, ImportRun
from decroche.interop.web.import_forms import ChoicesForm, LayoutForm, LineForm, UploadForm
from decroche.interop.web.words import file_sentence, note_words, why_words
from decroche.patients.models import Patient
from decroche.practices.models import Practice

INCOMPLETE = 422
PAGE = 50
_ATTENTION = (
    Q(who=ImportLine.Who.UNDECIDED, what=ImportLine.What.APPOINTMENT)
    | Q(notes__contains=["conflict"])
    | Q(notes__contains=["twice"])
)


@requires(Permission.IMPORT_AGENDA)
def imports(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the practice's imports; a POST reads a new file into a draft."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = UploadForm(request.POST or None, request.FILES or None, practice=practice)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            run = new_import(
                practitioner=chosen["practitioner"],
                site=chosen["site"],
                visit_type=chosen["visit_type"],
                file_name=chosen["file"].name,
                data=chosen["file"].read(),
                by=request.user,
                now=clock_now(),
            )
        except Unreadable as refusal:
            form.add_error("file", file_sentence(refusal.flaw))
        else:
            _hand_over(run)
            request.log_write("import", [run.pk], practice.pk)
            return HttpResponseRedirect(reverse("interop:import", args=[run.pk]))
    runs = (
        ImportRun.objects.filter(practice=practice).select_related("practitioner", "created_by").defer("raw")
    )
    context = {"practice": practice, "form": form, "runs": runs[:30], "tab": "imports"}
    return render(request, "interop/imports.html", context, status=INCOMPLETE if form.errors else 200)


@requires(Permission.IMPORT_AGENDA)
@require_safe
def show(request: PersonRequest, run_id: int) -> HttpResponse:
    """Show a draft to be checked, an import at work, or its report."""
    run = _run(run_id)
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        if not run.is_busy:
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("interop:import", args=[run.pk])})
        return render(request, "interop/_progress.html", {"run": run, "percent": _percent(run)})
    return _screen(request, run)


@requires(Permission.IMPORT_AGENDA)
@require_POST
def choose(request: PersonRequest, run_id: int) -> HttpResponse:
    """Read the file again with other choices."""
    run = _run(run_id)
    if run.state != ImportRun.State.DRAFT or run.raw is None:
        raise Http404
    layout_form = _layout_form(run, request)
    form = ChoicesForm(request.POST, instance=run)
    if not form.is_valid() or (layout_form is not None and not layout_form.is_valid()):
        return _screen(request, _run(run_id), form=form, layout_form=layout_form, status=INCOMPLETE)
    run = form.save(commit=False)
    if layout_form is not None:
        run.layout = layout_form.layout().as_json()
    try:
        read_again(run=run, now=clock_now())
    except Unreadable as refusal:
        form.add_error(None, file_sentence(refusal.flaw))
        return _screen(request, _run(run_id), form=form, layout_form=layout_form, status=INCOMPLETE)
    if not _hand_over(run):
        messages.success(request, _("Le fichier a été relu ainsi."))
    return HttpResponseRedirect(reverse("interop:import", args=[run.pk]))


@requires(Permission.IMPORT_AGENDA)
@require_POST
def decide(request: PersonRequest, line_id: int) -> HttpResponse:
    """Write what a person decided for one line."""
    line = get_object_or_404(ImportLine.objects.select_related("run__practice"), pk=line_id)
    today = clock_now().astimezone(ZoneInfo(line.run.practice.timezone)).date()
    form = LineForm(request.POST, line=line, today=today)
    status = 200
    if form.is_valid():
        decision = form.cleaned_data["decision"]
        chosen = form.cleaned_data.get("visit_type")
        is_visit = decision == "new" or decision.startswith("known-")
        try:
            line = decide_line(
                line_id=line.pk,
                what=ImportLine.What.APPOINTMENT if is_visit else decision,
                patient_id=int(decision.removeprefix("known-")) if decision.startswith("known-") else None,
                born=form.cleaned_data.get("born"),
                visit_type_id=chosen.pk if chosen else line.visit_type_id,
            )
        except NotNow:
            status = 409
    else:
        status = INCOMPLETE
    if request.headers.get("HX-Request"):
        shown = _dressed([get_object_or_404(_lines(line.run), pk=line.pk)], line.run)
        return render(
            request,
            "interop/_line.html",
            {"item": shown[0], "run": line.run, "line_form": form},
            status=status,
        )
    return HttpResponseRedirect(f"{reverse('interop:import', args=[line.run_id])}#line-{line.pk}")


@requires(Permission.IMPORT_AGENDA)
@require_POST
def start(request: PersonRequest, run_id: int) -> HttpResponse:
    """Write the checked draft into the agenda."""
    reminds = request.POST.get("reminds") == "on"
    return _set_going(
        request,
        run_id,
        partial(start_import, reminds=reminds),
        jobs.write_import,
        _("Cet import est déjà parti."),
    )


@requires(Permission.IMPORT_AGENDA)
@require_POST
def undo(request: PersonRequest, run_id: int) -> HttpResponse:
    """Take the import back."""
    sentence = _("Cet import ne peut pas être retiré pour l’instant.")
    return _set_going(request, run_id, start_undo, jobs.take_import_back, sentence)


def _set_going(
    request: PersonRequest, run_id: int, verb: Callable[..., ImportRun], job: Any, too_late: str
) -> HttpResponse:
    """Let a verb put the run in its next state and a job do the rest, or say that it is too late."""
    run = _run(run_id)
    try:
        verb(run_id=run.pk, by=request.user, now=clock_now())
    except NotNow:
        messages.info(request, too_late)
    else:
        job.defer(run_id=run.pk, practice_id=run.practice_id)
        request.log_write("import", [run.pk], run.practice_id)
    return HttpResponseRedirect(reverse("interop:import", args=[run.pk]))


def _hand_over(run: ImportRun) -> bool:
    """Let a job read what takes long to read; False when it has been read already."""
    if run.state != ImportRun.State.READING:
        return False
    jobs.read_file.defer(run_id=run.pk, practice_id=run.practice_id)
    return True


@requires(Permission.IMPORT_AGENDA)
@require_POST
def discard(request: PersonRequest, run_id: int) -> HttpResponse:
    """Forget a draft."""
    run = _run(run_id)
    try:
        discard_import(run_id=run.pk)
    except NotNow:
        return HttpResponseRedirect(reverse("interop:import", args=[run.pk]))
    messages.success(request, _("Le brouillon est oublié ; rien n’a été importé."))
    return HttpResponseRedirect(reverse("interop:imports", args=[run.practice_id]))


def _run(run_id: int) -> ImportRun:
    rows = ImportRun.objects.select_related("practice", "practitioner", "site", "visit_type", "created_by")
    return get_object_or_404(rows, pk=run_id)


def _percent(run: ImportRun) -> int:
    return 100 * run.done_count // max(run.to_do_count, 1)


def _lines(run: ImportRun) -> "QuerySet[ImportLine]":
    return ImportLine.objects.filter(run=run).select_related("practitioner", "visit_type", "patient")


def _screen(
    request: PersonRequest,
    run: ImportRun,
    *,
    form: ChoicesForm | None = None,
    layout_form: LayoutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = _lines(run)
    counts = _counts(rows)
    show_only = request.GET.get("show", "")
    if show_only not in counts:
        show_only = "attention" if run.state == ImportRun.State.DRAFT and counts["attention"] else "all"
    page = Paginator(_filtered(rows, show_only), PAGE).get_page(request.GET.get("page"))
    items = _dressed(list(page.object_list), run)
    named = [item["line"].patient_id for item in items if item["line"].patient_id]
    request.log_read("patient", named, practice_id=run.practice_id)
    layout = Layout.from_json(run.layout) if run.layout else None
    is_open = run.state == ImportRun.State.DRAFT and run.raw is not None
    heads, body = sample(bytes(run.raw or b""), layout) if layout and is_open else ([], [])
    layout_form = layout_form or (LayoutForm(layout=layout) if layout and is_open else None)
    context = {
        "run": run,
        "practice": run.practice,
        "page": page,
        "items": items,
        "counts": counts,
        "show": show_only,
        "tabs": _tabs(run, counts, show_only),
        "form": (form or ChoicesForm(instance=run)) if is_open else None,
        "layout_form": layout_form,
        "columns": _columns(layout_form, heads, body),
        "flaw": file_sentence(FileFlaw(run.flaw)) if run.flaw else "",
        "percent": _percent(run),
        "import_words": told(counts["ready"]),
        "tab": "imports",
        "timezone": run.site.timezone,
    }
    return render(request, "interop/import.html", context, status=status)


def _columns(form: LayoutForm | None, heads: list[str], body: list[list[str]]) -> list[dict[str, Any]]:
    if form is None:
        return []
    return [
        {
            "field": field,
            "head": (heads[n] if n < len(heads) else "") or _("colonne %(number)s") % {"number": n + 1},
            "cells": [row[n] for row in body if n < len(row) and row[n]][:2],
        }
        for n, field in enumerate(form.columns)
    ]


def _layout_form(run: ImportRun, request: PersonRequest) -> LayoutForm | None:
    if run.kind != ImportRun.Kind.CSV:
        return None
    return LayoutForm(request.POST, layout=Layout.from_json(run.layout))


def _counts(rows: "QuerySet[ImportLine]") -> dict[str, int]:
    what, outcome = ImportLine.What, ImportLine.Outcome
    found: dict[str, int] = rows.aggregate(
        all=Count("pk"),
        attention=Count("pk", filter=_ATTENTION),
        ready=Count("pk", filter=~Q(what=what.IGNORED) & ~_ATTENTION),
        appointments=Count("pk", filter=Q(what=what.APPOINTMENT)),
        absences=Count("pk", filter=Q(what=what.ABSENCE)),
        ignored=Count("pk", filter=Q(what=what.IGNORED)),
        new=Count("pk", filter=Q(who=ImportLine.Who.NEW)),
        done=Count("pk", filter=Q(outcome=outcome.DONE)),
        refused=Count("pk", filter=Q(outcome=outcome.REFUSED)),
        undone=Count("pk", filter=Q(outcome=outcome.UNDONE)),
        kept=Count("pk", filter=Q(outcome=outcome.KEPT)),
    )
    return found


def _filtered(rows: "QuerySet[ImportLine]", show_only: str) -> "QuerySet[ImportLine]":
    what, outcome = ImportLine.What, ImportLine.Outcome
    chosen = {
        "attention": _ATTENTION,
        "appointments": Q(what=what.APPOINTMENT),
        "absences": Q(what=what.ABSENCE),
        "ignored": Q(what=what.IGNORED),
        "new": Q(who=ImportLine.Who.NEW),
        "done": Q(outcome=outcome.DONE),
        "refused": Q(outcome=outcome.REFUSED),
        "undone": Q(outcome=outcome.UNDONE),
        "kept": Q(outcome=outcome.KEPT),
    }
    return rows.filter(chosen[show_only]) if show_only in chosen else rows


def _tabs(run: ImportRun, counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    """Name the lists that have something in them."""
    words = {
        "all": _("Toutes les lignes"),
        "attention": _("À regarder"),
        "appointments": pgettext("several", "Rendez-vous"),
        "absences": _("Absences"),
        "ignored": _("Laissées de côté"),
        "done": _("Importées"),
        "refused": _("Non importées"),
        "undone": _("Retirées"),
        "kept": _("Gardées"),
    }
    before = ("attention", "appointments", "absences", "ignored", "all")
    after = ("done", "refused", "undone", "kept", "ignored", "all")
    names = before if run.state == ImportRun.State.DRAFT else after
    return [
        {"name": name, "words": words[name], "count": counts[name], "is_current": name == current}
        for name in names
        if counts[name] or name == "all"
    ]


def _dressed(lines: list[ImportLine], run: ImportRun) -> list[dict[str, Any]]:
    """Give each line its words, and the patients that it may be about, in one query for all."""
    wanted = {pk for line in lines for pk in line.candidates}
    people = Patient.objects.in_bulk(wanted) if wanted and run.state == ImportRun.State.DRAFT else {}
    zone = ZoneInfo(run.site.timezone)
    return [
        {
            "line": line,
            "starts_at": line.starts_at.astimezone(zone) if line.starts_at else None,
            "ends_at": line.ends_at.astimezone(zone) if line.ends_at else None,
            "notes": note_words(line.notes),
            "why": why_words(line.why),
            "candidates": [people[pk] for pk in line.candidates if pk in people],
            "is_question": line.who == ImportLine.Who.UNDECIDED
            and line.what == ImportLine.What.APPOINTMENT
            and not line.outcome,
            "is_clash": bool({"conflict", "twice"} & set(line.notes)) and not line.outcome,
        }
        for line in lines
    ]


def told(count: int) -> str:
    """Say how many lines would come in."""
    return ngettext("Importer %(count)s ligne", "Importer %(count)s lignes", count) % {"count": count}
