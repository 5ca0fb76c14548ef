"""Keep what a practice decides for its waiting room."""

from collections.abc import Mapping

from django.db import transaction

from decroche.practices.models import Practice
from decroche.waiting_room.models import ConsultingRoom, WaitingRoomSettings


def save_settings(*, practice: Practice, tolerance_minutes: int, rooms: Mapping[int, str]) -> None:
    """Keep the tolerance, and where each practitioner receives; an empty place forgets it."""
    with transaction.atomic():
        WaitingRoomSettings.objects.update_or_create(
            practice=practice, defaults={"tolerance_minutes": tolerance_minutes}
        )
        for practitioner_id, name in rooms.items():
            if name:
                ConsultingRoom.objects.update_or_create(
                    practitioner_id=practitioner_id, defaults={"name": name}
                )
            else:
                ConsultingRoom.objects.filter(practitioner_id=practitioner_id).delete()
