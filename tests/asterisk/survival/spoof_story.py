"""Forge the number of somebody whom the practice knows: it is shown as a guess, and it opens nothing."""

import asyncio

from django.test import Client
from django.urls import reverse

from decroche.accounts.models import User
from decroche.calls.models import Call, KnownCaller
from tests.asterisk.survival.ledger import Ledger
from tests.asterisk.survival.stage import Stage, Team, team
from tests.database import read, until_read
from tests.factories import make_practitioner
from tests.patients.factories import make_patient

PATIENT, LABORATORY, DOCTOR = "+33611223344", "+33144556677", "+33655443322"


async def caller_id_is_forged(stage: Stage) -> Ledger:
    """Let two strangers ring under a patient's number and under the laboratory's, which may reach the doctor."""
    ledger = Ledger("forged caller id")
    house = await team(2)
    await read(lambda: _known_people(house))
    await asyncio.sleep(0.8)
    for user, number in zip(house.secretaries, (PATIENT, LABORATORY), strict=True):
        await stage.sit_down(user)
        crowd = stage.crowd(house.line, 1)
        crowd.numbers = [number]
        await crowd.ring(patience=60, talks=60)
        await until_read(
            lambda number=number: Call.objects.filter(caller_number=number, state="talking").exists()
        )
    calls = await read(lambda: {call.caller_number: call for call in Call.objects.all()})
    chosen = sum(1 for call in calls.values() if call.patient_id is not None)
    ledger.keep("a number chooses no patient", f"{chosen} of {len(calls)} calls", not chosen)
    through = len(stage.outside.rings)
    ledger.keep("and puts nobody through", f"the doctor's phone rang {through} times", not through)
    for number, call in calls.items():
        page = await read(lambda call=call: _page(call, reverse("calls:current")))
        zone = f"{reverse('patients:panel', args=[house.practice.pk])}?call={call.pk}"
        desk = await read(lambda call=call, zone=zone: _page(call, zone))
        if number == PATIENT:
            is_guess = "Peut-être" in page and "Zélie" in page
            ledger.keep("who it may be is shown as a guess", "« Peut-être »" if is_guess else "not", is_guess)
        ledger.must("Zélie" not in page or "Peut-être" in page, "the patient is shown as if it were certain")
        ledger.must('id="desk-patient"' in desk, "the desk has no place for the patient")
        ledger.must(_chosen(desk) == "", f"the desk opened a patient by itself: {_chosen(desk)!r}")
    await stage.finish()
    return await stage.reckon(ledger)


def _known_people(house: Team) -> None:
    make_patient(practice=house.practice, used_name="Zélie-Aubry", first_names="Zélie", phones=(PATIENT,))
    make_practitioner(practice=house.practice, last_name="Vauquelin", phone=DOCTOR)
    KnownCaller.objects.create(
        practice=house.practice, number=LABORATORY, label="Laboratoire", comes_first=True, is_put_through=True
    )


def _page(call: Call, address: str) -> str:
    client = Client(HTTP_HOST="localhost")
    user = User.objects.get(pk=call.secretary_id)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(address).content.decode()


def _chosen(desk: str) -> str:
    own = next((part for part in desk.split("<") if 'id="desk-patient"' in part), "").partition(">")[0]
    return own.partition('value="')[2].partition('"')[0]
