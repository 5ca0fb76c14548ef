"""Give the peer the same practitioners and the same appointments (table bench_rows), by SQL."""

import sys
from datetime import time, timedelta

import django

django.setup()

from appointment.models import Config, Service, StaffMember, WorkingHours
from django.db import connection

_USERS = """
INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined)
SELECT DISTINCT who, '', false, 'p' || who, 'Claire', 'R' || who, '', false, true, now() FROM bench_rows
"""
_REQUESTS = """
INSERT INTO appointment_appointmentrequest (id, date, start_time, end_time, service_id, staff_member_id, payment_type,
    id_request, reschedule_attempts, created_at, updated_at)
SELECT row_number() OVER (), starts::date, starts::time, ends::time, 1, s.id, 'full', '', 0, now(), now()
FROM bench_rows r JOIN appointment_staffmember s ON s.user_id = r.who
"""
_APPOINTMENTS = """
INSERT INTO appointment_appointment (id, appointment_request_id, phone, address, want_reminder, additional_info, paid,
    amount_to_pay, id_request, created_at, updated_at)
SELECT id, id, '', '', false, '', false, 0, 'r' || id, now(), now() FROM appointment_appointmentrequest
"""


def main() -> None:
    """Fill it; only the practitioner who is asked about needs hours."""
    asked = int(sys.argv[1])
    Service.objects.create(pk=1, name="Consultation", duration=timedelta(minutes=30), price=0)
    Config.objects.all().delete()
    Config.objects.create(
        slot_duration=30, lead_time=time(9), finish_time=time(13, 30), appointment_buffer_time=0
    )
    with connection.cursor() as cursor:
        cursor.execute(_USERS)
        cursor.execute("SELECT id FROM auth_user")
        people = [row[0] for row in cursor.fetchall()]
    StaffMember.objects.bulk_create(
        StaffMember(
            user_id=person,
            slot_duration=30,
            lead_time=time(9),
            finish_time=time(13, 30),
            appointment_buffer_time=0,
        )
        for person in people
    )
    staff = StaffMember.objects.get(user_id=asked)
    staff.services_offered.set([1])
    for day in range(1, 6):
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=day, start_time=time(9), end_time=time(13, 30)
        )
    with connection.cursor() as cursor:
        cursor.execute(_REQUESTS)
        cursor.execute(_APPOINTMENTS)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
