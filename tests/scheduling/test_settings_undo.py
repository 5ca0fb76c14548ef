"""Whatever is changed or ended in the settings comes back by the toast's one button; nobody is asked "are you sure?"."""

from datetime import date, timedelta

import pytest

from decroche.scheduling.models import (
    Absence,
    OpeningRule,
    Pathway,
    PathwayStep,
    Resource,
    VisitOffer,
    VisitQuestion,
    VisitType,
)
from tests.scheduling.doors import HTMX, toast, url
from tests.scheduling.factories import (
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_rule,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]
UNDONE = "C’est défait\u202f: les réglages sont comme avant."


def type_fields(kind, **changes) -> dict:
    known = {"name": kind.name, "duration_minutes": "15", "colour": "1", "booked_by": ["secretary"]}
    return known | changes


def undo(client, answer) -> str:
    """Press the toast's button, and read what it says."""
    return toast(client.post(toast(answer)["undo"], **HTMX))["text"]


def test_a_visit_type_that_was_withdrawn_comes_back_with_all_it_had(agenda, doctor, client) -> None:
    practice, _people, kind = agenda
    room = Resource.objects.create(practice=practice, site=practice.sites.get(), name="Échographe")
    kind.resources.add(room)
    VisitQuestion.objects.create(visit_type=kind, text="Êtes-vous à jeun\u202f?", position=0)
    answer = client.post(url("change_visit_type", practice.pk, kind.pk), type_fields(kind), **HTMX)
    assert toast(answer)["text"] == f"Motif «\u202f{kind.name}\u202f» retiré\u202f: il n’est plus proposé."
    kind.refresh_from_db()
    assert (kind.is_active, kind.questions.count(), kind.resources.count()) == (False, 0, 0)
    assert undo(client, answer) == UNDONE
    kind.refresh_from_db()
    assert kind.is_active
    assert [question.text for question in kind.questions.all()] == ["Êtes-vous à jeun\u202f?"]
    assert list(kind.resources.all()) == [room]


def test_a_visit_type_that_was_added_goes_again_unless_it_is_in_use(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    fields = type_fields(kind, name="Suivi", is_active="on")
    answer = client.post(url("save_type", practice.pk), fields, **HTMX)
    assert undo(client, answer) == UNDONE
    assert list(VisitType.objects.filter(practice=practice)) == [kind]
    again = client.post(url("save_type", practice.pk), fields, **HTMX)
    new = VisitType.objects.get(practice=practice, name="Suivi")
    make_appointment(practitioner=people[0], visit_type=new, starts_at=paris(9))
    assert "restent tels quels" in undo(client, again)
    assert VisitType.objects.filter(pk=new.pk).exists()


def test_terms_that_were_ended_stand_again(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    terms = VisitOffer.objects.create(
        practitioner=people[0], visit_type=kind, duration_minutes=30, valid_from=date(2026, 1, 1)
    )
    answer = client.post(url("end_offer", terms.pk), **HTMX)
    terms.refresh_from_db()
    assert terms.valid_until == TUESDAY - timedelta(days=1)
    assert undo(client, answer) == UNDONE
    terms.refresh_from_db()
    assert (terms.valid_until, terms.duration_minutes) == (None, 30)


def test_whoever_stopped_receiving_receives_again_on_their_own_terms(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    other = make_visit_type(practice=practice)
    VisitOffer.objects.create(practitioner=people[0], visit_type=other)
    VisitOffer.objects.create(practitioner=people[0], visit_type=kind, duration_minutes=40)
    answer = client.post(url("receive", people[0].pk, kind.pk), {"receives": "0"}, **HTMX)
    assert not VisitOffer.objects.filter(visit_type=kind).exists()
    undo(client, answer)
    assert VisitOffer.objects.get(visit_type=kind).duration_minutes == 40


def test_a_resource_and_a_pathway_come_back(agenda, doctor, client) -> None:
    practice, _people, kind = agenda
    room = Resource.objects.create(practice=practice, site=practice.sites.get(), name="Salle 2")
    scan = make_visit_type(practice=practice)
    pathway = Pathway.objects.create(practice=practice, name="Bilan")
    for position, each in enumerate((scan, kind)):
        PathwayStep.objects.create(pathway=pathway, position=position, visit_type=each)
    out = client.post(
        url("save_resource", practice.pk),
        {"resource": room.pk, "name": "Salle 2", "site": room.site_id},
        **HTMX,
    )
    assert toast(out)["text"] == "«\u202fSalle 2\u202f» mis hors service."
    gone = client.post(
        url("save_pathway", practice.pk),
        {"pathway": pathway.pk, "name": "Bilan", "visit_type_0": kind.pk, "visit_type_1": scan.pk},
        **HTMX,
    )
    assert "n’est plus proposé" in toast(gone)["text"]
    assert undo(client, gone) == undo(client, out) == UNDONE
    room.refresh_from_db()
    pathway.refresh_from_db()
    assert (room.is_active, pathway.is_active) == (True, True)
    assert [step.visit_type for step in pathway.steps.order_by("position")] == [scan, kind]


def test_what_somebody_changed_since_is_left_alone_and_a_toast_works_once(agenda, doctor, client) -> None:
    practice, _people, kind = agenda
    answer = client.post(url("change_visit_type", practice.pk, kind.pk), type_fields(kind), **HTMX)
    VisitType.objects.filter(pk=kind.pk).update(duration_minutes=50)
    assert "restent tels quels" in undo(client, answer)
    kind.refresh_from_db()
    assert (kind.is_active, kind.duration_minutes) == (False, 50)
    assert undo(client, answer) == "Il n’y a plus rien à défaire."


def test_an_undo_kept_for_one_practice_undoes_nothing_of_another(agenda, doctor, client) -> None:
    practice, _people, kind = agenda
    answer = client.post(url("change_visit_type", practice.pk, kind.pk), type_fields(kind), **HTMX)
    key = toast(answer)["undo"].rstrip("/").rpartition("/")[2]
    stranger = make_agenda()[0]
    assert client.post(url("undo_settings", stranger.pk, key), **HTMX).status_code == 404


def test_an_absence_taken_away_by_mistake_is_recorded_again(agenda, doctor, client) -> None:
    practice, people, _kind = agenda
    Absence.objects.create(
        practice=practice,
        practitioner=people[0],
        starts_at=paris(10),
        ends_at=paris(12),
        kind=Absence.Kind.CLOSURE,
        reason="travaux",
        locum=people[1],
    )
    absence = Absence.objects.get()
    gone = client.post(f"{url('drop_absence', absence.pk)}?day=2026-11-24", **HTMX)
    assert not Absence.objects.exists()
    assert undo(client, gone) == "C’est défait\u202f: l’absence est de nouveau enregistrée."
    again = Absence.objects.get()
    kept = (again.practitioner, again.starts_at, again.ends_at, again.kind, again.reason, again.locum)
    assert kept == (people[0], paris(10), paris(12), "closure", "travaux", people[1])


# --- what a change of hours leaves outside of them --------------------------------------------------------------------


def outside(client, practitioner) -> str:
    return client.get(url("outside", practitioner.pk), **HTMX).content.decode()


def test_appointments_left_outside_the_hours_are_named_until_somebody_deals_with_them(
    agenda, doctor, client
) -> None:
    practice, people, kind = agenda
    rule = OpeningRule.objects.get(practitioner=people[0], weekday=1)
    early = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    late = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(11, 45))
    assert "hidden" in outside(client, people[0]).partition("</section>")[0].partition(">")[0]
    change = {"weekday": "1", "starts": "09:00", "ends": "11:00", "on": "2026-11-24"}
    changed = client.post(url("span_rule", rule.pk), change, **HTMX)
    page = outside(client, people[0])
    assert "1 rendez-vous hors des horaires" in page
    assert late.patient.display_name in page
    assert early.patient.display_name not in page
    assert (
        f"{url('mass_moves', practice.pk)}?practitioner={people[0].pk}&amp;first_day=2026-11-24"
        "&amp;starts=11%3A45&amp;last_day=2026-11-24&amp;ends=12%3A00"
    ) in page
    client.post(toast(changed)["undo"], **HTMX)
    assert late.patient.display_name not in outside(client, people[0])


def test_the_week_and_the_year_show_them_too(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    visit = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    OpeningRule.objects.filter(practitioner=people[0], weekday=1).delete()
    for screen in ("settings", "settings_year"):
        page = client.get(url(screen, agenda[0].pk), {"practitioner": people[0].pk}).content.decode()
        assert visit.patient.display_name in page


def test_what_is_held_forced_past_or_absent_is_not_outside(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    at_night = {"practitioner": people[0], "visit_type": kind}
    make_appointment(**at_night, starts_at=paris(20), is_forced=True, force_reason="urgence", lane=1000)
    make_appointment(**at_night, starts_at=paris(20, day=TUESDAY - timedelta(days=1)))
    make_hold(**at_night, starts_at=paris(21), by=doctor)
    away = make_appointment(**at_night, starts_at=paris(22))
    Absence.objects.create(
        practice=practice, practitioner=people[0], starts_at=paris(21, 30), ends_at=paris(23)
    )
    assert away.patient.display_name not in outside(client, people[0])
    assert "hors des horaires" not in outside(client, people[0])


def test_a_visit_over_two_openings_that_touch_is_within_them(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    make_rule(practitioner=people[0], weekday=1, starts="12:00", ends="13:00")
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(11, 50))
    assert "hors des horaires" not in outside(client, people[0])


def test_the_list_is_bounded_and_says_how_many_more(
    agenda, doctor, client, django_assert_max_num_queries
) -> None:
    _practice, people, kind = agenda
    for n in range(15):
        make_appointment(
            practitioner=people[0], visit_type=kind, starts_at=paris(14, day=TUESDAY + timedelta(days=n))
        )
    outside(client, people[0])
    with django_assert_max_num_queries(20):
        page = outside(client, people[0])
    assert "15 rendez-vous hors des horaires" in page
    assert page.count("<li>") == 12
    assert "et 3 autres plus tard" in page


def test_the_form_of_the_mass_move_is_filled_in_by_the_link(agenda, doctor, client) -> None:
    practice, people, _kind = agenda
    named = {
        "practitioner": people[1].pk,
        "first_day": "2026-11-27",
        "starts": "11:45",
        "last_day": "2026-11-27",
        "ends": "12:00",
    }
    form = client.get(url("mass_moves", practice.pk), named).context["away_form"]
    assert {name: str(form.initial[name]) for name in named} == {name: str(it) for name, it in named.items()}


def test_an_absence_leads_to_the_mass_move_of_what_it_touches(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(11))
    wish = {"first_day": "2026-11-24", "starts": "10:00", "last_day": "2026-11-25"}
    answer = client.post(url("save_absence", people[0].pk), wish, **HTMX)
    assert url("mass_move_of_absence", Absence.objects.get().pk) in answer.content.decode()


def test_the_wishes_in_force_are_one_look_away_in_the_agenda(agenda, awa, client) -> None:
    page = client.get(url("page", agenda[0].pk)).content.decode()
    assert f'hx-get="{url("wishes", agenda[0].pk)}"' in page
    wish = {"kind": "end_at", "at": "17:00", "span": "today", "fragment": "1"}
    client.post(url("set_wish", agenda[1][0].pk), wish, **HTMX)
    assert "finit à 17" in client.get(url("wishes", agenda[0].pk), **HTMX).content.decode()
