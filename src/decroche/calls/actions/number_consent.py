"""Keep on file that a practice lets us call under its number, who said so, and that it no longer does.

Article L. 44 of the French "code des postes et des communications électroniques" (as amended by the act n° 2020-901 of
24 July 2020): whoever calls may show a number only if it is hers, or if the one to whom it was given has agreed
beforehand. Operators authenticate the numbers shown and cut the calls that fail, so a missing consent is not a detail.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.calls.models import NumberConsent
from decroche.practices.models import Line


class AlreadyGiven(Exception):
    """A consent for this line's number is on file."""


class NotOnFile(Exception):
    """No such consent is in force, or another has been given since."""


def record_consent(*, line: Line, given_by_name: str, by: User, now: datetime) -> NumberConsent:
    """Record that the practice lets its number be shown, from now on.

    Raises:
        AlreadyGiven: one is on file.

    """
    try:
        with transaction.atomic():
            row: NumberConsent = NumberConsent.objects.create(
                line=line, given_by_name=given_by_name, given_at=now, recorded_by=by
            )
    except IntegrityError:
        raise AlreadyGiven from None
    return row


def withdraw_consent(*, consent: NumberConsent, now: datetime) -> None:
    """Record that the practice no longer does: the next call shows the secretariat's number.

    Raises:
        NotOnFile: it was withdrawn already.

    """
    changed = NumberConsent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now)
    if not changed:
        raise NotOnFile


def keep_consent(*, consent: NumberConsent, withdrawn_at: datetime) -> None:
    """Undo a withdrawal made a moment ago, unless another consent was given since.

    Raises:
        NotOnFile: this very withdrawal no longer stands, or another consent is in force.

    """
    try:
        with transaction.atomic():
            changed = NumberConsent.objects.filter(pk=consent.pk, withdrawn_at=withdrawn_at).update(
                withdrawn_at=None
            )
    except IntegrityError:
        raise NotOnFile from None
    if not changed:
        raise NotOnFile
