"""Call somebody: say under which number before, and why not when not."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries_talk as talks
from decroche.calls.models import Post
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.web.phone import obey
from decroche.foundation.clock import now
from decroche.practices.models import Practice
from decroche.ui import formats

LONGEST = 24


@require_http_methods(["GET", "POST"])
@requires(Permission.PLACE_CALL)
def dial(request: PersonRequest) -> HttpResponse:
    """Show the field to dial, or a number that was pressed; the number travels in the body, never in an address."""
    context = _context(request)
    response = render(request, "calls/talk/_dial.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.PLACE_CALL)
def check(request: PersonRequest) -> HttpResponse:
    """Say under which number it goes out, or why it does not."""
    response = render(request, "calls/talk/_dial_advice.html", _context(request))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.PLACE_CALL)
def call(request: PersonRequest) -> HttpResponse:
    """Ring my phone, then the number."""
    practice = _practice(request)
    if practice is None:
        raise Http404
    follow_up = request.POST.get("follow_up_id", "")
    payload = {
        "number": request.POST.get("number", "").strip()[:LONGEST],
        "practice_id": practice.pk,
        "line_id": None,
        "follow_up_id": int(follow_up) if follow_up.isdecimal() else None,
    }
    text = _("Votre téléphone sonne : décrochez, et le numéro est appelé.")
    return obey(request, OrderKind.CALL_OUT, payload=payload, events={"toast": {"text": text}})


def _practice(request: PersonRequest) -> Practice | None:
    """Return the practice for which she calls; somebody else's is a 404."""
    raw = request.POST.get("practice_id") or request.GET.get("practice_id") or ""
    if raw.isdecimal():
        found: Practice = get_object_or_404(Practice, pk=int(raw))
        return found
    return Practice.objects.order_by("name", "pk").first() if request.method == "POST" else None


def _context(request: PersonRequest) -> dict[str, object]:
    practice = _practice(request)
    typed = request.POST.get("number", "").strip()[:LONGEST]
    post = Post.objects.filter(user=request.user).first()
    secretariats = request.access.secretariats_for(Permission.PLACE_CALL)
    secretariat_id = post.secretariat_id if post else min(secretariats, default=0)
    follow_up = request.POST.get("follow_up_id", "")
    advice = None
    if typed and practice is not None:
        advice = talks.dial_advice(secretariat_id=secretariat_id, practice=practice, typed=typed, now=now())
    return {
        "practice": practice,
        "practices": list(Practice.objects.order_by("name", "pk")),
        "typed": formats.phone(typed) if typed.startswith("+") else typed,
        "advice": advice,
        "follow_up_id": follow_up if follow_up.isdecimal() else "",
        "numbers": talks.numbers_of(practice) if practice is not None and not typed else [],
    }
