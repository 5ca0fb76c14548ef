"""Show what holds now and what changed; take note of it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.instructions import queries
from decroche.instructions.actions.acknowledge import acknowledge
from decroche.instructions.models import Instruction
from decroche.practices.models import Practice

PER_PAGE = 30


@require_GET
@requires(Permission.SEE_INSTRUCTION)
def panel(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show one practice's instructions to this reader."""
    return panel_response(request, get_object_or_404(Practice, pk=practice_id))


@require_POST
@requires(Permission.SEE_INSTRUCTION)
def acknowledge_all(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Take note of what the reader's screen showed, and of nothing that came since."""
    practice = get_object_or_404(Practice, pk=practice_id)
    shown = [int(value) for value in request.POST.getlist("shown") if value.isdecimal()][: queries.MOST_SHOWN]
    acknowledge(practice_id=practice.pk, reader=request.user, now=clock.now(), instruction_ids=shown)
    return panel_response(request, practice)


@require_POST
@requires(Permission.SEE_INSTRUCTION)
def acknowledge_one(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Take note of one instruction."""
    instruction = get_object_or_404(Instruction.objects.select_related("practice"), pk=instruction_id)
    acknowledge(
        practice_id=instruction.practice_id,
        reader=request.user,
        now=clock.now(),
        instruction_ids=[instruction.pk],
    )
    return panel_response(request, instruction.practice)


@require_GET
@requires(Permission.SEE_INSTRUCTION)
def history(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show every wording there ever was, latest first."""
    practice = get_object_or_404(Practice, pk=practice_id)
    page = Paginator(queries.history(practice.pk), PER_PAGE).get_page(request.GET.get("page"))
    context = {"practice": practice, "page_obj": page, "now": clock.now()}
    return render(request, "instructions/history.html", context)


def panel_response(request: PersonRequest, practice: Practice) -> HttpResponse:
    """Render the panel as it stands now."""
    now = clock.now()
    context = {
        "practice": practice,
        "board": queries.board(practice.pk, now, request.user),
        "now": now,
        "may_edit": request.access.allows(Permission.EDIT_INSTRUCTION, practice.pk),
    }
    return render(request, "instructions/panel.html", context)
