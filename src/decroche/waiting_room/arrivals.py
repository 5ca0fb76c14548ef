"""Say in a reminder how to arrive, where a check-in page is open: a code and a link, nothing about the patient."""

from typing import Final

from django.conf import settings
from django.urls import reverse

from decroche.scheduling.models import Appointment
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries.codes import code_for

ARRIVING: Final = "À l’arrivée, dites que vous êtes là avec ce code\u202f: {code}"


class CheckInArrivals:
    """Know where patients may say by themselves that they are here."""

    def words_for(self, appointment: Appointment) -> str:
        """Give the code, and the address of its QR where the house has a public one; nothing without a check-in page."""
        pages = Device.objects.filter(
            site=appointment.site_id, kind=Device.Kind.CHECK_IN, revoked_at__isnull=True
        )
        if not pages.exists():
            return ""
        code = code_for(appointment)
        words = ARRIVING.format(code=code)
        if not settings.PUBLIC_ADDRESS:
            return f"{words}."
        return f"{words} {settings.PUBLIC_ADDRESS.rstrip('/')}{reverse('waiting_room:arrival', args=[code])}"
