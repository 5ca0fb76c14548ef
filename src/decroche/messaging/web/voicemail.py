"""Serve a voicemail to who may hear it, whole or in the pieces that a player asks for."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.sounds import answer_with_sound, sound_in
from decroche.messaging.models import FollowUp


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def voicemail(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Answer with the recording, or with the bytes that ``Range`` names (RFC 9110, 14)."""
    follow_up = get_object_or_404(FollowUp, pk=follow_up_id)
    path = sound_in(Path(settings.DATA_DIR) / "voicemail", follow_up.voicemail_path)
    request.log_read("voicemail", [follow_up.pk], practice_id=follow_up.practice_id)
    return answer_with_sound(request, path)
