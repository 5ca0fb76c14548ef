"""The doors of what a line says: bring a sound, hear it, let the machine speak."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.calls.actions.keep_sound import NotASound, keep_sound, sound_path, speak_sound
from decroche.calls.web.lines.doors import MAY
from decroche.calls.web.lines.sound_words import flaw_sentence
from decroche.foundation import clock
from decroche.practices.models import Line

LONGEST_TEXT = 500


@require_POST
@requires(MAY)
def keep(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Keep a sound that was recorded or brought; it counts once its form is saved."""
    line = get_object_or_404(Line, pk=phone_line_id)
    brought = request.FILES.get("file")
    if brought is None:
        return _refused(request, _("Aucun son n’est arrivé. Recommencez."))
    try:
        kept = keep_sound(line=line, data=brought.read(), now=clock.now())
    except NotASound as refused:
        return _refused(request, flaw_sentence(refused))
    return render(request, "calls/lines/_sound_kept.html", {"line": line, "kept": kept})


@require_POST
@requires(MAY)
def speak(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Let the machine say a sentence, to be heard before it is kept."""
    line = get_object_or_404(Line, pk=phone_line_id)
    text = " ".join(request.POST.get("text", "").split())
    if not text:
        return _refused(request, _("Écrivez d’abord ce que l’appelant entendra."))
    if len(text) > LONGEST_TEXT:
        return _refused(request, _("%(most)s caractères au plus.") % {"most": LONGEST_TEXT})
    try:
        kept = speak_sound(line=line, text=text, now=clock.now())
    except NotASound as refused:
        return _refused(request, flaw_sentence(refused))
    return render(request, "calls/lines/_spoken.html", {"line": line, "kept": kept})


@require_GET
@requires(MAY)
def hear(request: PersonRequest, phone_line_id: int, name: str) -> FileResponse:
    """Play a sound of a line."""
    del request
    line = get_object_or_404(Line, pk=phone_line_id)
    path = sound_path(line, name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="audio/wav", headers={"Cache-Control": "no-store"})


def _refused(request: PersonRequest, text: str) -> HttpResponse:
    return render(request, "calls/lines/_sound_refused.html", {"text": text}, status=422)
