"""Set the offline page up, open it, carry it away."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, public, requires
from decroche.accounts.permissions import Permission
from decroche.continuity.actions.refresh_snapshot import refresh_snapshot
from decroche.continuity.actions.set_phrase import set_phrase
from decroche.continuity.domain.sealing import WeakPhrase
from decroche.continuity.models import Snapshot, Vault
from decroche.continuity.queries.captures import pending_count
from decroche.continuity.web.forms import PhraseForm
from decroche.continuity.web.standalone import asset, whole_page
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice

INCOMPLETE = 422


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def start(request: PersonRequest) -> HttpResponse:
    """Open the screen of the practice asked for, or of the first."""
    wanted = request.GET.get("practice", "")
    rows = Practice.objects.order_by("name")
    practice = (rows.filter(pk=int(wanted)) if wanted.isdecimal() and len(wanted) < 18 else rows).first()  # noqa: PLR2004
    if practice is None:
        raise Http404
    return HttpResponseRedirect(reverse("continuity:home", args=[practice.pk]))


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def home(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Say how fresh the sealed fortnight is, and how to carry it."""
    return _home(request, get_object_or_404(Practice, pk=practice_id))


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def phrase(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Keep a new phrase and seal at once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = PhraseForm(request.POST)
    if not form.is_valid():
        return _home(request, practice, form=form, status=INCOMPLETE)
    now = clock_now()
    try:
        set_phrase(practice=practice, phrase=form.cleaned_data["phrase"], by=request.user, now=now)
    except WeakPhrase:
        form.add_error(
            "phrase", _("Cette phrase se devinerait trop vite. Prenez-en une plus longue, plus variée.")
        )
        return _home(request, practice, form=form, status=INCOMPLETE)
    request.log_write("snapshot", [practice.pk], practice_id=practice.pk)
    refresh_snapshot(practice_id=practice.pk, now=now)
    messages.success(request, _("La phrase est gardée. Les quatorze prochains jours sont scellés."))
    return HttpResponseRedirect(reverse("continuity:home", args=[practice.pk]))


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def refresh(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Seal now."""
    practice = get_object_or_404(Practice, pk=practice_id)
    request.log_write("snapshot", [practice.pk], practice_id=practice.pk)
    refresh_snapshot(practice_id=practice.pk, now=clock_now())
    return HttpResponseRedirect(reverse("continuity:home", args=[practice.pk]))


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def page(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Give the page that opens without network; it holds nothing about anybody."""
    practice = get_object_or_404(Practice, pk=practice_id)
    return render(request, "continuity/offline.html", {"practice": practice, "alone": False})


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def sealed(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Give the sealed fortnight; unreadable without the phrase."""
    practice = get_object_or_404(Practice, pk=practice_id)
    box = _box(practice)
    etag = quote_etag(box["madeAt"])
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    request.log_read("snapshot", [practice.pk], practice_id=practice.pk)
    return JsonResponse(box, headers={"ETag": etag, "Cache-Control": "private, no-cache"})


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def download(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Give the same page as one file, sealed fortnight inside, for a USB stick."""
    practice = get_object_or_404(Practice, pk=practice_id)
    box = _box(practice)
    request.log_read("snapshot", [practice.pk], practice_id=practice.pk)
    response = HttpResponse(whole_page(request, practice, box), content_type="text/html; charset=utf-8")
    day = clock_now().astimezone(practice.zone).date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="agenda-{day}.html"'
    return response


@require_GET
@public(reason="a script that holds no data; the browser asks for it without a page")
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the page; served from here, since its address bounds what it may keep."""
    del request
    return HttpResponse(
        asset("ui/dist/worker.js"), content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


def _box(practice: Practice) -> dict[str, Any]:
    """Write vault and snapshot as the page reads them; 404 while there is none."""
    snapshot: Snapshot = get_object_or_404(Snapshot.objects.select_related("vault"), practice=practice)
    vault = snapshot.vault

    def text(value: Any) -> str:
        return b64encode(bytes(value)).decode()

    return {
        "vault": {
            "publicKey": text(vault.public_key),
            "lockedPrivateKey": text(vault.locked_private_key),
            "salt": text(vault.salt),
            "nonce": text(vault.nonce),
            "iterations": vault.iterations,
        },
        "snapshot": {
            "lockedKey": text(snapshot.locked_key),
            "nonce": text(snapshot.nonce),
            "sealed": text(snapshot.sealed),
        },
        "madeAt": snapshot.made_at.isoformat(),
    }


def _home(
    request: PersonRequest, practice: Practice, *, form: PhraseForm | None = None, status: int = 200
) -> HttpResponse:
    now: datetime = clock_now()
    context = {
        "practice": practice,
        "practices": Practice.objects.order_by("name").only("name"),
        "vault": Vault.objects.filter(practice=practice).first(),
        "snapshot": Snapshot.objects.filter(practice=practice).defer("sealed").first(),
        "pending": pending_count(practice),
        "form": form or PhraseForm(),
        "now": now,
    }
    return render(request, "continuity/home.html", context, status=status)
