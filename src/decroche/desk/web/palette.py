"""Find anything from anywhere: practices, practitioners, patients (Ctrl+K)."""

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.patients import queries as patients
from decroche.practices import queries as practices

LONGEST = 80
SHORTEST_FOR_PATIENTS = 2


@require_POST
@requires(Permission.WORK_AT_DESK)
def palette(request: PersonRequest) -> HttpResponse:
    """Return what the text finds, grouped; the text travels in the body, never in an address."""
    text = request.POST.get("text", "").strip()[:LONGEST]
    ids = request.access.practices_for(Permission.WORK_AT_DESK)
    people = patients.search(ids, text, limit=8) if len(text) >= SHORTEST_FOR_PATIENTS else []
    seen = defaultdict(list)
    for hit in people:
        seen[hit.practice_id].append(hit.patient_id)
    for practice_id, patient_ids in seen.items():
        request.log_read("patient", patient_ids, practice_id=practice_id)
    context = {
        "text": text,
        "practices": practices.find(text, ids, limit=6 if text else 12),
        "practitioners": practices.find_practitioners(text, ids, limit=5),
        "patients": people,
        "on_desk": "/desk/" in request.headers.get("HX-Current-URL", ""),
    }
    response = render(request, "desk/_palette_results.html", context)
    response["Cache-Control"] = "no-store"
    return response
