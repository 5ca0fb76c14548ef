"""Tell the supervisor whether this process can work."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return 200 when the database answers, 503 when it does not; say nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


healthz.decroche_guard = "public: names nobody, tells only whether the process can serve"  # type: ignore[attr-defined]
