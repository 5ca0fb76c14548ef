"""Show the emergency sheet; write protocols. The software asks and shows; it never judges."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.instructions import queries
from decroche.instructions.actions.write_protocol import ProtocolWithoutSteps, Step, write_protocol
from decroche.instructions.models import EmergencyProtocol
from decroche.instructions.web.forms import ProtocolForm, StepFormSet
from decroche.practices.models import Practice, Practitioner
from decroche.practices.queries import practitioners_of, sites_of


@require_GET
@requires(Permission.SEE_INSTRUCTION)
def sheet(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Open the sheet: who and where first, 15 and 112 always, then the practitioner's own steps."""
    practice = get_object_or_404(Practice, pk=practice_id)
    found = queries.protocols(practice.pk)
    chosen = request.GET.get("protocol", "")
    protocol = next((p for p in found if str(p.pk) == chosen), found[0] if found else None)
    context = {
        "practice": practice,
        "protocols": found,
        "protocol": protocol,
        "sites": sites_of(practice.pk),
        "may_edit": request.access.allows(Permission.EDIT_INSTRUCTION, practice.pk),
    }
    is_part = request.headers.get("HX-Request")
    return render(
        request, "instructions/_emergency.html" if is_part else "instructions/emergency.html", context
    )


@require_GET
@requires(Permission.SEE_INSTRUCTION)
def protocols(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the practice's protocols and who has none."""
    practice = get_object_or_404(Practice, pk=practice_id)
    found = queries.protocols(practice.pk)
    covered = {protocol.practitioner_id for protocol in found}
    context = {
        "practice": practice,
        "protocols": found,
        "without": [p for p in practitioners_of(practice.pk) if p.pk not in covered],
        "has_own": None in covered,
        "may_edit": request.access.allows(Permission.EDIT_INSTRUCTION, practice.pk),
    }
    return render(request, "instructions/protocols.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_INSTRUCTION)
def write(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Write the protocol of a practitioner, or of the practice when none is named."""
    practice = get_object_or_404(Practice, pk=practice_id)
    practitioner = _named(request, practice)
    existing = _existing(practice, practitioner)
    data = request.POST if request.method == "POST" else None
    form = ProtocolForm(data, initial={"title": existing.title if existing else _("En cas d’urgence")})
    region = {"region": practice.country_code}
    steps = StepFormSet(data, initial=_rows(existing), prefix="steps", form_kwargs=region)
    context: dict[str, Any] = {
        "practice": practice,
        "practitioner": practitioner,
        "form": form,
        "steps": steps,
    }
    is_valid = data is not None and form.is_valid() & steps.is_valid()
    for row, step in enumerate(steps, start=1):
        step.fields["ORDER"].label = _("Ordre")
        step.wear(row)
    if not is_valid:
        status = 200 if data is None else 422
        return render(request, "instructions/write_protocol.html", context, status=status)
    written = [ordered.cleaned_data for ordered in steps.ordered_forms]
    try:
        protocol = write_protocol(
            practice=practice,
            practitioner=practitioner,
            title=form.cleaned_data["title"],
            steps=[
                Step(row["text"], row["kind"] or "ask", row["number"]) for row in written if row.get("text")
            ],
            by=request.user,
            now=clock.now(),
        )
    except ProtocolWithoutSteps:
        form.add_error(None, _("Écrivez au moins une étape."))
        return render(request, "instructions/write_protocol.html", context, status=422)
    request.log_write("protocol", [protocol.pk], practice_id=practice.pk)
    messages.success(request, _("Protocole enregistré : le secrétariat le voit dès maintenant."))
    return redirect("instructions:protocols", practice_id=practice.pk)


def _existing(practice: Practice, practitioner: Practitioner | None) -> EmergencyProtocol | None:
    wanted = practitioner.pk if practitioner else None
    return next((p for p in queries.protocols(practice.pk) if p.practitioner_id == wanted), None)


def _named(request: PersonRequest, practice: Practice) -> Practitioner | None:
    given = request.GET.get("practitioner", "")
    if not given:
        return None
    found = next((p for p in practitioners_of(practice.pk) if str(p.pk) == given), None)
    if found is None:
        raise Http404
    return found


def _rows(protocol: EmergencyProtocol | None) -> list[dict[str, str]]:
    if protocol is None:
        return []
    return [{"kind": step.kind, "text": step.text, "number": step.number} for step in protocol.steps.all()]
