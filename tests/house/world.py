"""Two practices that must never meet, with something of everything in each.

``build()`` makes a home practice and a foreign one, twins in all but their words, and people of
every role around the home. The foreign one's texts are words found nowhere else, so that a page
that shows one of them has leaked.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from decroche.accounts.actions.invite import digest_of
from decroche.accounts.domain.permissions import Role
from decroche.accounts.models import Invitation, User
from decroche.calls.models import CallNote
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.instructions.actions.add_instruction import add_instruction
from decroche.instructions.actions.write_protocol import Step, write_protocol
from decroche.interop.actions.read_import import new_import
from decroche.interop.models import AccessKey
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.actions.send_message import send_message
from decroche.messaging.models import FollowUpKind
from decroche.practices.models import Practice, Practitioner, Secretariat
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.set_wish import set_wish
from decroche.scheduling.models import (
    AppointmentGroup,
    MassMove,
    MassMoveItem,
    Pathway,
    VisitOffer,
    VisitType,
    WaitingListEntry,
    WaitingListOffer,
    Wish,
)
from tests.calls.factories import make_call, make_post, make_recording
from tests.continuity.factories import make_note, make_snapshot
from tests.factories import (
    make_line,
    make_mandate,
    make_practice,
    make_practice_person,
    make_practitioner,
    make_secretariat,
    make_secretary,
    make_supervisor,
    make_user,
)
from tests.house.telephone import set_up_telephone
from tests.house.visitor import Visitor
from tests.interop.factories import open_feed
from tests.patients.factories import make_patient
from tests.scheduling.factories import make_appointment, make_hold, make_rule, make_visit_type
from tests.waiting_room.factories import make_device

HOME_WORDS = {
    "practice": "Cabinet des Lilas",
    "patient": "Berthelot",
    "message": "renouvellement habituel",
    "instruction": "garder deux places vendredi",
    "follow_up": "rappeler avant midi",
    "caller": "Ondine",
    "protocol": "Douleur thoracique",
    "address": "12 rue des Lilas",
    "number": "+33639981111",
    "given": "Clotilde",
    "speciality": "médecine générale",
}
FOREIGN_WORDS = {
    "practice": "Zzyzxville",
    "patient": "Xanthoulis",
    "message": "xylographie",
    "instruction": "xérocopie",
    "follow_up": "ypérite",
    "caller": "Wilhelmine",
    "protocol": "Quetzalcoatl",
    "address": "9 venelle Kzyl",
    "number": "+33639989876",
    "given": "Archibaldine",
    "speciality": "zymologie",
}


@dataclass(frozen=True)
class House:
    """One practice and an id of everything it has, by the name that URLs give it."""

    practice: Practice
    practitioner: Practitioner
    secretariat: Secretariat
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """The two houses, and the people whose doors are tried."""

    home: House
    foreign: House
    people: dict[str, User]
    clients: dict[str, Visitor]


def build() -> World:
    """Make the world; everything in it hangs on the transaction that the caller has opened."""
    with every_practice():
        secretariat, elsewhere = (
            make_secretariat(name="Secrétariat Horizon"),
            make_secretariat(name="Secrétariat Lointain"),
        )
        home = _house(secretariat, HOME_WORDS)
        foreign = _house(elsewhere, FOREIGN_WORDS)
        people = {
            "secretary": make_secretary(secretariat=secretariat, last_name="Diallo"),
            "supervisor": make_supervisor(secretariat=secretariat, last_name="Morel"),
            "practitioner": _practitioner_of(home),
            "staff": make_practice_person(practice=home.practice, role=Role.STAFF, last_name="Granger"),
            "administrator": make_user(is_administrator=True, last_name="Lenoir"),
            "nobody": make_user(last_name="Personne"),
            **_people_without_a_mandate(foreign),
        }
        make_post(user=people["secretary"], secretariat=secretariat)
        make_post(user=people["supervisor"], secretariat=secretariat)
    clients = {"anonymous": Visitor(), **{role: Visitor(person) for role, person in people.items()}}
    return World(home, foreign, people, clients)


def _people_without_a_mandate(foreign: House) -> dict[str, User]:
    """Return secretaries whose mandate for the foreign practice is unsigned, over or to come."""
    today = now().date()
    lapses: dict[str, dict[str, Any]] = {
        "unsigned": {"signed_at": None},
        "lapsed": {"ends_on": today - timedelta(days=1)},
        "early": {"starts_on": today + timedelta(days=2)},
    }
    people = {}
    for name, fields in lapses.items():
        secretariat = make_secretariat()
        make_mandate(secretariat=secretariat, practice=foreign.practice, **fields)
        people[name] = make_secretary(secretariat=secretariat, last_name=name.title())
    return people


def _practitioner_of(house: House) -> User:
    person = make_practice_person(practice=house.practice, last_name="Vauquelin")
    house.practitioner.user = person
    house.practitioner.save()
    return person


def _house(secretariat: Secretariat, words: dict[str, str]) -> House:
    instant = now()
    practice = make_practice(name=words["practice"], speciality=words["speciality"])
    site = practice.sites.get()
    site.address_line = words["address"]
    site.save()
    practitioner = make_practitioner(practice=practice)
    line = make_line(practice=practice)
    make_mandate(secretariat=secretariat, practice=practice)
    member = make_secretary(secretariat=secretariat)
    patient = make_patient(
        practice=practice,
        birth_name=words["patient"],
        first_names=words["given"],
        phones=(words["number"],),
        email=f"{words['given'].lower()}@exemple.test",
    )
    agenda = _agenda(practitioner, patient, member, instant)
    call = make_call(
        practice=practice,
        secretary=member,
        caller_name=words["caller"],
        caller_number=words["number"],
        patient_id=patient.pk,
    )
    told = _told(practice, practitioner, patient, member, call.pk, words, instant)
    return House(
        practice,
        practitioner,
        secretariat,
        {
            "practice_id": practice.pk,
            "practitioner_id": practitioner.pk,
            "site_id": site.pk,
            "patient_id": patient.pk,
            "call_id": call.pk,
            "phone_line_id": line.pk,
            "note_id": CallNote.objects.create(call=call, text=words["message"], by=member, at=instant).pk,
            "team_key": f"secretariat-{secretariat.pk}",
            "user_id": member.pk,
            "invitation_id": _invitation(secretariat, member, instant).pk,
            "capture_id": _written_offline(practice, member, words, instant),
            "recording_id": make_recording(call=call, by=member, now=instant).pk,
            **agenda,
            **_lists(practitioner, patient, member, instant),
            **set_up_telephone(
                secretariat=secretariat, practice=practice, by=member, words=words, now=instant
            ),
            **_exchanges(practitioner, agenda["visit_type_id"], member, words, instant),
            **told,
        },
    )


def _exchanges(
    practitioner: Practitioner, visit_type_id: int, member: User, words: dict[str, str], instant: datetime
) -> dict[str, Any]:
    """Make a private calendar, a draft of an import with a line to decide, and a program's key."""
    practice = practitioner.practice
    feed = open_feed(practitioner=practitioner, by=member, label=words["practice"], now=instant)
    run = new_import(
        practitioner=practitioner,
        site=practice.sites.get(),
        visit_type=VisitType.objects.get(pk=visit_type_id),
        file_name="agenda.csv",
        data=f"Date;Heure;Patient\n{instant:%d/%m/%Y};23:00;{words['patient'].upper()} Anne\n".encode(),
        by=member,
        now=instant,
    )
    key = AccessKey.objects.create(
        user=member,
        practice_ids=[practice.pk],
        permissions=["see-agenda"],
        label=words["practice"],
        digest=f"digest-{practice.pk}",
        beginning="dk_",
        created_at=instant,
        expires_at=instant + timedelta(days=1),
    )
    return {
        "feed_id": feed.feed.pk,
        "run_id": run.pk,
        "line_id": run.lines.get().pk,
        "key_id": key.pk,
    }


def _agenda(practitioner: Practitioner, patient: Any, member: User, instant: datetime) -> dict[str, Any]:
    visit_type = make_visit_type(practice=practitioner.practice)
    rule = make_rule(practitioner=practitioner, valid_from=date(2020, 1, 1))
    hour = instant.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    appointment = make_appointment(
        practitioner=practitioner, visit_type=visit_type, starts_at=hour, patient=patient
    )
    hold = make_hold(
        practitioner=practitioner,
        visit_type=visit_type,
        starts_at=hour + timedelta(hours=2),
        by=member,
        hold_expires_at=instant + timedelta(minutes=5),
    )
    absence = record_absence(
        practitioner=practitioner,
        starts_at=hour + timedelta(days=30),
        ends_at=hour + timedelta(days=31),
        by=member,
        now=instant,
    ).absence
    return {
        "visit_type_id": visit_type.pk,
        "rule_id": rule.pk,
        "appointment_id": appointment.pk,
        "hold_id": hold.pk,
        "absence_id": absence.pk,
        "visit_offer_id": VisitOffer.objects.create(practitioner=practitioner, visit_type=visit_type).pk,
        "pathway_id": Pathway.objects.create(practice=practitioner.practice, name="Parcours").pk,
        "group_id": AppointmentGroup.objects.create(practice=practitioner.practice, kind="series").pk,
        "wish_id": _wish(practitioner, member, instant).pk,
        "device_id": make_device(practice=practitioner.practice, label="Mur").device.pk,
    }


def _written_offline(practice: Practice, member: User, words: dict[str, str], instant: datetime) -> int:
    make_snapshot(practice=practice, by=member, now=instant)
    return make_note(practice=practice, by=member, now=instant, text=words["message"]).pk


def _wish(practitioner: Practitioner, member: User, instant: datetime) -> Wish:
    return set_wish(
        practitioner=practitioner,
        kind="fill_gaps",
        valid_from=instant.date(),
        valid_until=None,
        by=member,
        now=instant,
    )


def _lists(practitioner: Practitioner, patient: Any, member: User, instant: datetime) -> dict[str, Any]:
    """Put someone on the waiting list, keep a slot for them, and prepare a report of the day after."""
    hour = instant.replace(minute=0, second=0, microsecond=0) + timedelta(days=6)
    kind = make_visit_type(practice=practitioner.practice)
    entry = WaitingListEntry.objects.create(
        practice=practitioner.practice,
        patient=patient,
        visit_type=kind,
        state="offered",
        first_day=instant.date(),
        last_day=instant.date() + timedelta(days=30),
        created_at=instant,
    )
    kept = make_hold(
        practitioner=practitioner,
        visit_type=kind,
        starts_at=hour,
        by=member,
        held_by=None,
        waiting_entry=entry,
        hold_expires_at=instant + timedelta(hours=4),
    )
    offer = WaitingListOffer.objects.create(
        entry=entry, hold=kept, offered_at=instant, expires_at=instant + timedelta(hours=4)
    )
    touched = make_appointment(
        practitioner=practitioner, visit_type=kind, starts_at=hour + timedelta(days=1), patient=patient
    )
    move = MassMove.objects.create(
        practice=practitioner.practice,
        practitioner=practitioner,
        kind="away",
        starts_at=hour + timedelta(hours=20),
        ends_at=hour + timedelta(days=2),
        created_by=member,
        created_at=instant,
    )
    line = MassMoveItem.objects.create(
        mass_move=move,
        appointment=touched,
        version=1,
        old_starts_at=touched.starts_at,
        plan="call",
        told="to_call",
    )
    return {"entry_id": entry.pk, "offer_id": offer.pk, "mass_move_id": move.pk, "item_id": line.pk}


def _told(
    practice: Practice,
    practitioner: Practitioner,
    patient: Any,
    member: User,
    call_id: UUID,
    words: dict[str, str],
    instant: datetime,
) -> dict[str, Any]:
    write_protocol(
        practice=practice,
        practitioner=practitioner,
        title=words["protocol"],
        steps=[Step(text="Depuis quand ?")],
        by=member,
        now=instant,
    )
    message = send_message(
        practice=practice,
        practitioner=practitioner,
        patient=patient,
        author=member,
        body=words["message"],
        caller_name=words["caller"],
        caller_number=words["number"],
        call_id=call_id,
        is_urgent=True,
        now=instant,
    )
    follow_up = open_follow_up(
        practice=practice,
        kind=FollowUpKind.CALLBACK,
        patient=patient,
        caller_number=words["number"],
        body=words["follow_up"],
        now=instant,
    )
    instruction = add_instruction(practice=practice, body=words["instruction"], by=member, now=instant)
    return {"message_id": message.pk, "follow_up_id": follow_up.pk, "instruction_id": instruction.pk}


def _invitation(secretariat: Secretariat, member: User, instant: datetime) -> Invitation:
    return Invitation.objects.create(
        email=f"invitee-{secretariat.pk}@exemple.test",
        team_kind="secretariat",
        team_id=secretariat.pk,
        role=Role.SECRETARY,
        digest=digest_of(f"secret-{secretariat.pk}"),
        invited_by=member,
        created_at=instant,
        expires_at=instant + timedelta(days=1),
    )
