"""Ask the peer's own functions for every day of a month, in one request, without any of its pages' cost."""

import logging
import os
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
logging.disable(logging.CRITICAL)

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from appointment.models import Service, StaffMember
from appointment.services import get_available_slots_for_staff
from appointment.utils.db_helpers import get_weekday_num_from_date
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path


def month(request: HttpRequest) -> JsonResponse:
    """List the free starts, and how many queries they took."""
    seen: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
        staff = StaffMember.objects.get(user_id=int(request.GET["staff"]))
        service = Service.objects.get(pk=1)
        first = date.fromisoformat(request.GET["from"])
        slots = []
        for ahead in range(int(request.GET["days"])):
            day = first + timedelta(days=ahead)
            found = get_available_slots_for_staff(day, staff, get_weekday_num_from_date(day), service=service)
            slots += [slot.isoformat()[:16] for slot in found]
    answer = JsonResponse({"slots": slots, "queries": len(seen)})
    answer["Content-Length"] = len(answer.content)  # as Django's CommonMiddleware, left out here, would say
    return answer


urlpatterns = [path("month/", month)]
