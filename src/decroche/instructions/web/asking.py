"""Add, rewrite and end instructions."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.instructions.actions.add_instruction import (
    InstructionAlreadyChanged,
    InstructionNeverHolds,
    add_instruction,
)
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.actions.restore_instruction import InstructionWasReplaced, restore_instruction
from decroche.instructions.models import Instruction
from decroche.instructions.web.forms import InstructionForm
from decroche.instructions.web.panel import panel_response
from decroche.practices.models import Practice


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INSTRUCTION)
def add(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Ask something new."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = InstructionForm(
        request.POST if request.method == "POST" else None, practice=practice, now=clock.now()
    )
    return _write(request, practice, form, replaces=None)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INSTRUCTION)
def edit(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Write a new wording, which takes the place of the old one."""
    instruction = get_object_or_404(Instruction.objects.select_related("practice"), pk=instruction_id)
    now = clock.now()
    form = InstructionForm(
        request.POST if request.method == "POST" else None,
        initial=InstructionForm.initial_of(instruction, now),
        practice=instruction.practice,
        now=now,
    )
    return _write(request, instruction.practice, form, replaces=instruction)


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def end(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """End an instruction at once; a toast takes it back."""
    instruction = get_object_or_404(Instruction.objects.select_related("practice"), pk=instruction_id)
    end_instruction(instruction=instruction, by=request.user, now=clock.now())
    request.log_write("instruction", [instruction.pk], practice_id=instruction.practice_id)
    response = _after(request, instruction.practice)
    undo = reverse("instructions:restore", args=[instruction.pk])
    response["HX-Trigger"] = json.dumps(
        {"toast": {"text": _("Consigne terminée."), "undo": undo, "seconds": 10}}
    )
    return response


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def restore(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Take back an ending."""
    instruction = get_object_or_404(Instruction.objects.select_related("practice"), pk=instruction_id)
    try:
        restore_instruction(instruction=instruction, by=request.user, now=clock.now())
        text = _("La consigne vaut de nouveau.")
    except InstructionWasReplaced:
        text = _("Une autre consigne l’a remplacée entre-temps.")
    request.log_write("instruction", [instruction.pk], practice_id=instruction.practice_id)
    response = HttpResponse(status=204)  # the live hint refreshes the panel
    response["HX-Trigger"] = json.dumps({"toast": {"text": text}})
    return response


def _write(
    request: PersonRequest, practice: Practice, form: InstructionForm, *, replaces: Instruction | None
) -> HttpResponse:
    context: dict[str, Any] = {"practice": practice, "form": form, "replaces": replaces}
    template = (
        "instructions/_form_dialog.html" if request.headers.get("HX-Request") else "instructions/form.html"
    )
    if not form.is_bound:
        return render(request, template, context)
    if not form.is_valid():
        return render(request, template, context, status=422)
    try:
        instruction = add_instruction(
            practice=practice,
            practitioner=form.chosen,
            kind=form.cleaned_data["kind"],
            body=form.cleaned_data["body"],
            starts_at=form.cleaned_data["starts_at"],
            ends_at=form.cleaned_data["ends_at"],
            replaces=replaces,
            by=request.user,
            now=clock.now(),
        )
    except InstructionAlreadyChanged:
        form.add_error(
            None, _("Quelqu’un vient de changer cette consigne. Votre texte est gardé : fermez et relisez.")
        )
        return render(request, template, context, status=409)
    except InstructionNeverHolds:
        form.add_error("ends_at", _("La fin est déjà passée ou vient avant le début."))
        return render(request, template, context, status=422)
    request.log_write("instruction", [instruction.pk], practice_id=practice.pk)
    response = _after(request, practice)
    response["HX-Trigger"] = json.dumps(
        {"toast": {"text": _("Consigne transmise au secrétariat.")}, "dialog-done": {}}
    )
    return response


def _after(request: PersonRequest, practice: Practice) -> HttpResponse:
    """Give the panel back to htmx, a page to a plain form."""
    if request.headers.get("HX-Request"):
        response = panel_response(request, practice)
        response["HX-Retarget"] = f"#instructions-{practice.pk}"
        response["HX-Reswap"] = "morph:outerHTML"
        return response
    return redirect("instructions:history", practice_id=practice.pk)
