"""Give programs their keys, and take them away."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from decroche.accounts.guard import PersonRequest, requires, signed_in
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.actions.make_key import NothingGranted, make_key
from decroche.interop.actions.revoke_key import revoke_key
from decroche.interop.api.urls import PREFIX, api
from decroche.interop.models import AccessKey
from decroche.interop.web.forms_keys import OFFERED, KeyForm
from decroche.practices.models import Practice

INCOMPLETE = 422


@requires(Permission.SHARE_AGENDA)
def keys(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the keys that reach the practice; a POST makes one and shows it once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = KeyForm(request.POST or None, access=request.access, practice=practice)
    made = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = make_key(
                label=chosen["label"],
                practice_ids=[each.pk for each in chosen["practices"]],
                permissions=[Permission(value) for value in chosen["permissions"]],
                days=chosen["days"],
                by=request.user,
                access=request.access,
                now=clock_now(),
            )
        except NothingGranted:
            form.add_error("permissions", _("Vous ne pouvez donner que ce que vous pouvez faire vous-même."))
        else:
            request.log_write("key", [made.key.pk], practice.pk)
            form = KeyForm(access=request.access, practice=practice)
    context = {
        "practice": practice,
        "form": form,
        "made": made,
        "keys": _shown(practice.pk),
        "now": clock_now(),
        "root": request.build_absolute_uri(PREFIX),
        "tab": "keys",
    }
    response = render(request, "interop/keys.html", context, status=INCOMPLETE if form.errors else 200)
    if made:
        response["Cache-Control"] = "no-store"
    return response


@requires(Permission.SHARE_AGENDA)
@require_POST
def revoke(request: PersonRequest, practice_id: int, key_id: int) -> HttpResponse:
    """Shut a key out: of every practice when it is one's own, else of this one."""
    practice = get_object_or_404(Practice, pk=practice_id)
    key = AccessKey.objects.filter(pk=key_id, practice_ids__contains=[practice.pk]).first()
    if key is None:
        raise Http404
    shut_out_of = key.practice_ids if key.user_id == request.user.pk else [practice.pk]
    revoke_key(key_id=key.pk, practice_ids=shut_out_of, now=clock_now())
    request.log_write("key", [key.pk], practice.pk)
    messages.success(request, _("La clé « %(label)s » n’ouvre plus rien ici.") % {"label": key.label})
    return HttpResponseRedirect(reverse("interop:keys", args=[practice.pk]))


@signed_in
@require_safe
def description(request: PersonRequest) -> HttpResponse:
    """Give the OpenAPI description of the API."""
    del request
    schema = api.get_openapi_schema(path_prefix=PREFIX)
    return HttpResponse(
        json.dumps(schema, ensure_ascii=False, default=str), content_type="application/vnd.oai.openapi+json"
    )


def _shown(practice_id: int) -> list[dict[str, Any]]:
    rows = AccessKey.objects.filter(practice_ids__contains=[practice_id], revoked_at=None)
    return [
        {"key": key, "grants": [OFFERED[p] for p in OFFERED if p.value in key.permissions]}
        for key in rows.select_related("user")[:100]
    ]
