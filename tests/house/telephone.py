"""What each of the two houses has set up of its telephone: a team, a caller it knows, a number lent, a recording."""

from datetime import datetime, timedelta
from typing import Any

from decroche.accounts.models import User
from decroche.calls.actions.number_consent import record_consent
from decroche.calls.actions.rule_recordings import Terms, start_recording
from decroche.calls.models import KnownCaller, Team
from decroche.practices.models import Practice, Secretariat


def set_up_telephone(
    *, secretariat: Secretariat, practice: Practice, by: User, words: dict[str, str], now: datetime
) -> dict[str, Any]:
    """Make one of each and return their ids by the names that addresses give them."""
    line = practice.lines.order_by("pk").first()
    assert line is not None
    terms = Terms(
        reason="training",
        detail=words["message"],
        announcement=words["message"],
        refusal_digit="9",
        sample_percent=5,
        keep_days=30,
        starts_on=now.date() + timedelta(days=400),  # another rule covers these days
        ends_on=now.date() + timedelta(days=409),
    )
    return {
        "secretariat_id": secretariat.pk,
        "team_id": Team.objects.create(secretariat=secretariat, name=words["practice"]).pk,
        "known_id": KnownCaller.objects.create(
            practice=practice, number="+33199009900", label=words["caller"]
        ).pk,
        "consent_id": record_consent(line=line, given_by_name=words["given"], by=by, now=now).pk,
        "recording_rule_id": start_recording(line=line, terms=terms, by=by, now=now).pk,
    }
