"""Teams: who invites whom, who joins, who leaves."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from decroche.accounts.actions.invite import VALID_FOR, digest_of
from decroche.accounts.models import AccessLogEntry, Invitation, User
from decroche.accounts.permissions import Role
from decroche.practices.models import PracticeMember, SecretariatMember
from tests.factories import (
    PASSWORD,
    make_mandate,
    make_practice,
    make_practice_person,
    make_secretariat,
    make_secretary,
    make_supervisor,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
MYSELF = {
    "civility": "mme", "first_name": "Nadia", "last_name": "Benali", "country": "FR",
    "timezone": "Europe/Paris", "password": "phare-brume-tasse-lundi", "secrecy": "on",
}  # fmt: skip


@pytest.fixture
def horizon():
    return make_secretariat(name="Secrétariat Horizon")


@pytest.fixture
def supervisor(horizon, client):
    supervisor = make_supervisor(secretariat=horizon, last_name="Morel")
    client.force_login(supervisor)
    return supervisor


def invite(client, secretariat, email="nadia@exemple.test", role="secretary"):
    return client.post(
        reverse("accounts:team", args=[f"secretariat-{secretariat.pk}"]), {"email": email, "role": role}
    )


def link_in_mail():
    link = next(word for word in mail.outbox[-1].body.split() if word.startswith("http"))
    return link.removeprefix("http://testserver")


def test_an_invited_secretary_makes_her_account_and_joins(client, horizon, supervisor):
    assert invite(client, horizon).status_code == 302
    assert mail.outbox[0].subject == "Rejoindre Secrétariat Horizon sur Décroche"
    assert "comme secrétaire" in mail.outbox[0].body
    client.logout()
    page = client.get(link_in_mail()).content.decode()
    assert "Mme Morel" in page
    assert client.post(link_in_mail(), MYSELF).headers["Location"] == "/"
    nadia = User.objects.get(email="nadia@exemple.test")
    assert nadia.check_password(MYSELF["password"])
    assert nadia.secrecy_signed_at is not None
    assert SecretariatMember.objects.get(user=nadia).role == Role.SECRETARY
    assert client.get("/").headers["Location"] == "/desk/"


def test_the_link_serves_once(client, horizon, supervisor):
    invite(client, horizon)
    client.logout()
    client.post(link_in_mail(), MYSELF)
    client.logout()
    assert client.get(link_in_mail()).status_code == 410
    assert client.post(link_in_mail(), MYSELF | {"last_name": "Autre"}).status_code == 410


def test_the_link_lasts_a_week(client, horizon, supervisor):
    invite(client, horizon)
    Invitation.objects.update(expires_at=Invitation.objects.get().created_at - timedelta(seconds=1))
    assert client.get(link_in_mail()).status_code == 410
    assert timedelta(days=7) == VALID_FOR


def test_only_a_digest_of_the_link_is_kept(client, horizon, supervisor):
    invite(client, horizon)
    token = link_in_mail().rstrip("/").rpartition("/")[2]
    assert Invitation.objects.get().digest == digest_of(token) != token


def test_without_the_secrecy_undertaking_nobody_joins(client, horizon, supervisor):
    invite(client, horizon)
    client.logout()
    answer = client.post(link_in_mail(), {key: value for key, value in MYSELF.items() if key != "secrecy"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="nadia@exemple.test").exists()


def test_a_weak_password_is_refused_and_nothing_typed_is_lost(client, horizon, supervisor):
    invite(client, horizon)
    client.logout()
    answer = client.post(link_in_mail(), MYSELF | {"password": "court"})
    assert answer.status_code == 422
    assert 'value="Benali"' in answer.content.decode()


def test_inviting_again_closes_the_first_link(client, horizon, supervisor):
    invite(client, horizon)
    first = link_in_mail()
    invite(client, horizon)
    client.logout()
    assert client.get(first).status_code == 410
    assert client.get(link_in_mail()).status_code == 200


def test_someone_who_has_an_account_joins_with_it(client, horizon, supervisor):
    nadia = make_secretary(email="nadia@exemple.test")
    invite(client, horizon)
    client.logout()
    assert "déjà un compte" in client.get(link_in_mail()).content.decode()
    client.post(link_in_mail())
    assert not SecretariatMember.objects.filter(user=nadia, secretariat=horizon).exists(), (
        "signed out, nothing happens"
    )
    client.force_login(nadia)
    assert client.post(link_in_mail()).status_code == 302
    assert SecretariatMember.objects.filter(user=nadia, secretariat=horizon).exists()
    assert User.objects.get(pk=nadia.pk).check_password(PASSWORD)


def test_a_mail_that_cannot_leave_shows_the_link_instead(client, horizon, supervisor, settings):
    settings.EMAIL_BACKEND = "tests.accounts.broken_mail.BrokenBackend"
    page = invite(client, horizon).content.decode()
    assert "/accounts/invitation/" in page
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("role", ["practitioner", "administrator", "chief"])
def test_a_secretariat_has_no_such_role(client, horizon, supervisor, role):
    assert invite(client, horizon, role=role).status_code == 422
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_twice(client, horizon, supervisor):
    member = make_secretary(secretariat=horizon)
    assert "déjà partie" in invite(client, horizon, email=member.email).content.decode()


def test_an_administrator_does_not_let_herself_in(client, horizon):
    administrator = make_user(is_administrator=True)
    client.force_login(administrator)
    page = invite(client, horizon, email=administrator.email).content.decode()
    assert "ne s’invite pas soi-même" in page
    assert not Invitation.objects.exists()


def test_closing_access_takes_effect_at_the_next_click(client, horizon, supervisor):
    leaver = make_secretary(secretariat=horizon)
    make_mandate(secretariat=horizon, practice=make_practice())
    other = client_of(leaver)
    assert other.get("/").headers["Location"] == "/desk/"
    client.post(reverse("accounts:withdraw_member", args=[f"secretariat-{horizon.pk}", leaver.pk]))
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert other.get("/").headers["Location"].startswith("/accounts/login/")
    assert AccessLogEntry.objects.filter(kind="member", object_ids=[str(leaver.pk)]).exists()


def test_someone_who_has_another_team_keeps_her_account(client, horizon, supervisor):
    leaver = make_secretary(secretariat=horizon)
    SecretariatMember.objects.create(secretariat=make_secretariat(), user=leaver, role=Role.SECRETARY)
    client.post(reverse("accounts:withdraw_member", args=[f"secretariat-{horizon.pk}", leaver.pk]))
    leaver.refresh_from_db()
    assert leaver.is_active


def test_the_only_supervisor_cannot_be_put_out_by_an_administrator(client, horizon, supervisor):
    client.force_login(make_user(is_administrator=True))
    url = reverse("accounts:withdraw_member", args=[f"secretariat-{horizon.pk}", supervisor.pk])
    assert "seule personne responsable" in client.post(url, follow=True).content.decode()
    assert SecretariatMember.objects.filter(user=supervisor).exists()


def test_nobody_closes_their_own_access(client, horizon, supervisor):
    make_supervisor(secretariat=horizon)
    client.post(reverse("accounts:withdraw_member", args=[f"secretariat-{horizon.pk}", supervisor.pk]))
    assert SecretariatMember.objects.filter(user=supervisor).exists()


def test_a_closed_account_is_reopened_by_a_new_invitation(client, horizon, supervisor):
    leaver = make_secretary(secretariat=horizon, email="nadia@exemple.test")
    client.post(reverse("accounts:withdraw_member", args=[f"secretariat-{horizon.pk}", leaver.pk]))
    invite(client, horizon)
    client.logout()
    client.post(link_in_mail(), MYSELF)
    leaver.refresh_from_db()
    assert leaver.is_active
    assert leaver.check_password(MYSELF["password"])


class TestWhoMayCompose:
    def test_a_supervisor_not_the_practices_that_trust_her(self, client, horizon, supervisor):
        practice = make_practice()
        make_mandate(secretariat=horizon, practice=practice)
        assert client.get(reverse("accounts:team", args=[f"practice-{practice.pk}"])).status_code == 404
        assert (
            client.get(reverse("accounts:team", args=[f"secretariat-{make_secretariat().pk}"])).status_code
            == 404
        )

    def test_a_practitioner_his_own_practice(self, client):
        practice = make_practice(name="Cabinet des Lilas")
        roussel = make_practice_person(practice=practice)
        client.force_login(roussel)
        url = reverse("accounts:team", args=[f"practice-{practice.pk}"])
        assert client.get(reverse("accounts:people")).headers["Location"] == url
        assert client.post(url, {"email": "accueil@exemple.test", "role": "staff"}).status_code == 302
        client.logout()
        client.post(link_in_mail(), MYSELF)
        assert PracticeMember.objects.get(user__email="accueil@exemple.test").role == Role.STAFF

    def test_an_administrator_every_team(self, client, horizon):
        make_practice(name="Cabinet des Lilas")
        client.force_login(make_user(is_administrator=True))
        page = client.get(reverse("accounts:people"), follow=True).content.decode()
        assert "Cabinet des Lilas" in page
        assert "Secrétariat Horizon" in page

    def test_neither_a_secretary_nor_on_site_staff(self, client, horizon):
        practice = make_practice()
        for user in (
            make_secretary(secretariat=horizon),
            make_practice_person(practice=practice, role=Role.STAFF),
        ):
            client.force_login(user)
            assert client.get(reverse("accounts:people")).status_code == 404

    def test_an_invitation_is_withdrawn_by_its_team_only(self, client, horizon, supervisor):
        invite(client, horizon)
        url = reverse("accounts:withdraw_invitation", args=[Invitation.objects.get().pk])
        other = client_of(make_supervisor(secretariat=make_secretariat()))
        assert other.post(url).status_code == 404
        assert client.post(url).status_code == 302
        client.logout()
        assert client.get(link_in_mail()).status_code == 410

    @pytest.mark.parametrize(
        "key",
        ["secretariat", "secretariat-", "secretariat-x", "office-1", "practice-999999", "secretariat-٣"],
    )
    def test_an_odd_key_is_nobody_s(self, client, key):
        client.force_login(make_user(is_administrator=True))
        assert client.get(f"/accounts/people/{key}/").status_code == 404


@pytest.mark.parametrize("members", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(client, horizon, members, django_assert_num_queries):
    client.force_login(make_supervisor(secretariat=horizon))
    for _member in range(members):
        make_secretary(secretariat=horizon)
    url = reverse("accounts:team", args=[f"secretariat-{horizon.pk}"])
    with django_assert_num_queries(9):
        client.get(url)


def client_of(user):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client
