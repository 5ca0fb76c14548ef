"""Coming in: password, second factor, kindness after mistakes."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import is_mfa_enabled
from django.core import mail
from django.urls import reverse

from decroche.practices.live import audience_of_session
from tests.factories import PASSWORD, make_secretariat, make_secretary, make_supervisor, make_user

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def code_now():
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


def test_a_secretary_comes_in_and_lands_on_her_desk(client, everywhere):
    diallo = make_secretary()
    assert sign_in(client, diallo).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/desk/"


def test_a_wrong_password_is_said_kindly_and_keeps_the_address(client):
    page = sign_in(client, make_user(email="awa@exemple.test"), "mauvais").content.decode()
    assert "ne vont pas ensemble" in page
    assert "awa@exemple.test" in page
    assert "Erreur" not in page


def test_an_unknown_address_answers_like_a_wrong_password(client):
    page = client.post(
        reverse("account_login"), {"login": "inconnue@exemple.test", "password": "x"}
    ).content.decode()
    assert "ne vont pas ensemble" in page


def test_after_many_mistakes_the_door_closes_for_a_while(client, settings):
    settings.AXES_FAILURE_LIMIT = 3
    diallo = make_user()
    for _attempt in range(3):
        answer = sign_in(client, diallo, "mauvais")
    assert answer.status_code == 429
    assert "Un peu de patience" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()
    assert sign_in(client, diallo).status_code == 429, "the right password waits too"


def test_someone_else_is_not_locked_out_with_her(client, settings, everywhere):
    settings.AXES_FAILURE_LIMIT = 3
    first, second = make_user(), make_user()
    for _attempt in range(3):
        sign_in(client, first, "mauvais")
    assert sign_in(client, second).status_code == 302


def test_nobody_signs_up_alone(client):
    page = client.get(reverse("account_signup")).content.decode()
    assert "sur invitation" in page
    client.post(reverse("account_signup"), {"email": "x@exemple.test", "password1": PASSWORD})
    assert "sur invitation" in client.get(reverse("account_signup")).content.decode()


def test_a_closed_account_stays_out(client):
    closed = make_user(is_active=False)
    sign_in(client, closed)
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


class TestTwoFactors:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.MFA_REQUIRED = True

    def test_without_a_second_factor_everything_leads_to_its_set_up(self, client, everywhere):
        diallo = make_secretary()
        sign_in(client, diallo)
        for url in (
            "/",
            reverse("accounts:profile"),
            reverse("accounts:people"),
            reverse("account_change_password"),
        ):
            assert client.get(url).headers["Location"] == reverse("mfa_index"), url
        assert "avant de continuer" in client.get(reverse("mfa_index")).content.decode()

    def test_a_panel_asked_by_htmx_sends_the_whole_page_there(self, client, everywhere):
        client.force_login(make_secretary())
        answer = client.get("/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, reverse("mfa_index"))

    def test_she_sets_up_her_telephone_then_works(self, client, everywhere, monkeypatch):
        monkeypatch.setattr("allauth.mfa.totp.internal.auth.generate_totp_secret", lambda **_: SECRET)
        diallo = make_secretary()
        sign_in(client, diallo)
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        assert SECRET in page
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now()})
        assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
        assert client.get(reverse("mfa_view_recovery_codes")).content.decode().count("<li><code>") == 10
        assert client.get("/").headers["Location"] == "/desk/"

    def test_the_password_alone_opens_nothing_afterwards(self, client, everywhere):
        diallo = make_secretary()
        TOTP.activate(diallo, SECRET)
        assert sign_in(client, diallo).headers["Location"] == reverse("mfa_authenticate")
        assert client.get("/").headers["Location"].startswith("/accounts/login/")
        assert (
            "n’est pas le bon"
            in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
        )
        assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).headers["Location"] == "/"
        assert client.get("/").headers["Location"] == "/desk/"

    def test_a_recovery_code_opens_once(self, client, everywhere):
        diallo = make_secretary()
        TOTP.activate(diallo, SECRET)
        code = RecoveryCodes.activate(diallo).get_unused_codes()[0]
        sign_in(client, diallo)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).headers["Location"] == "/"
        client.post(reverse("account_logout"))
        sign_in(client, diallo)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200

    def test_the_last_factor_cannot_be_dropped(self, client, everywhere):
        diallo = make_secretary()
        TOTP.activate(diallo, SECRET)
        sign_in(client, diallo)
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert (
            client.get(reverse("mfa_deactivate_totp"))
            .headers["Location"]
            .startswith(reverse("account_reauthenticate"))
        )
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert "votre seul moyen" in client.post(reverse("mfa_deactivate_totp")).content.decode()
        assert is_mfa_enabled(diallo)

    def test_nor_the_last_key(self, client, everywhere):
        diallo = make_secretary()
        first, second = (
            Authenticator.objects.create(user=diallo, type="webauthn", data={"name": name, "credential": {}})
            for name in ("clavier", "téléphone")
        )
        client.force_login(diallo)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("mfa_remove_webauthn", args=[first.pk]))
        assert set(Authenticator.objects.all()) == {second}
        page = client.post(reverse("mfa_remove_webauthn", args=[second.pk]), follow=True).content.decode()
        assert "votre seul moyen" in page
        assert set(Authenticator.objects.all()) == {second}

    def test_someone_else_s_key_is_not_hers_to_remove(self, client, everywhere):
        key = Authenticator.objects.create(
            user=make_user(), type="webauthn", data={"name": "x", "credential": {}}
        )
        diallo = make_secretary()
        TOTP.activate(diallo, SECRET)
        client.force_login(diallo)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


def test_the_demo_s_leniency_exists_in_the_demo_only(client):
    assert client.get(reverse("mfa_index")).status_code == 302
    from decroche.accounts.urls import own_patterns

    names = {
        mode: {pattern.name for pattern in own_patterns(mode=mode)}
        for mode in ("demo", "development", "test", "production")
    }
    assert "enter_as" in names["demo"]
    assert all("enter_as" not in names[mode] for mode in ("development", "test", "production"))


def test_the_entrance_of_the_demo_refuses_everywhere_else(rf, settings):
    from django.http import Http404

    from decroche.accounts.web.demo_entrance import enter_as

    person = make_user(demo_caption="Secrétariat: secrétaire")
    settings.MODE = "production"
    with pytest.raises(Http404):
        enter_as(rf.post("/"), user_id=person.pk)


@pytest.mark.urls("tests.accounts.demo_urls")
class TestDemo:
    @pytest.fixture(autouse=True)
    def demo(self, settings):
        settings.MODE = "demo"

    def test_the_entrance_offers_its_people_in_groups(self, client):
        make_user(last_name="Diallo", demo_caption="Secrétariat Horizon: secrétaire, 12 cabinets")
        make_user(last_name="Secret")
        page = client.get(reverse("account_login")).content.decode()
        assert "Secrétariat Horizon" in page
        assert "secrétaire, 12 cabinets" in page
        assert "Secret" not in page.replace("Secrétariat", "")

    def test_one_click_opens_a_real_session(self, client, everywhere):
        diallo = make_secretary(demo_caption="Secrétariat: secrétaire")
        assert client.post(reverse("accounts:enter_as", args=[diallo.pk])).status_code == 302
        assert client.get("/").headers["Location"] == "/desk/"

    def test_only_the_people_on_show_can_be_entered_as(self, client):
        assert client.post(reverse("accounts:enter_as", args=[make_user().pk])).status_code == 404

    def test_a_link_alone_enters_nobody(self, client):
        shown = make_user(demo_caption="x")
        assert client.get(reverse("accounts:enter_as", args=[shown.pk])).status_code == 405


def test_the_password_comes_back_by_mail(client):
    diallo = make_user()
    page = client.post(
        reverse("account_reset_password"), {"email": diallo.email}, follow=True
    ).content.decode()
    assert "Regardez votre courrier" in page
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    new = "phare-brume-tasse-lundi"
    answer = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert "Votre mot de passe est changé" in answer.content.decode()
    assert sign_in(client, diallo, new).status_code == 302


def test_a_change_of_locks_is_told_by_mail_in_her_language(rf):
    awa = make_user()
    with context.request_context(rf.get("/")):
        get_adapter().send_notification_mail("mfa/email/totp_activated", awa)
    assert mail.outbox[0].subject == "Décroche – Application de codes mise en service"
    assert mail.outbox[0].to == [awa.email]
    assert "prévenez votre responsable" in mail.outbox[0].body


def test_home_leads_each_person_to_their_room(client, everywhere):
    secretariat = make_secretariat()
    for user, place in [
        (make_supervisor(secretariat=secretariat), "/desk/"),
        (make_user(is_administrator=True), reverse("accounts:people")),
    ]:
        client.force_login(user)
        assert client.get("/").headers["Location"] == place
    client.force_login(make_user())
    assert "aucune équipe" in client.get("/").content.decode()


def test_her_language_theme_and_country_are_kept(client):
    awa = make_user()
    client.force_login(awa)
    fields = {
        "civility": "mme", "first_name": "Awa", "last_name": "Diallo", "country": "MA",
        "language": "en", "timezone": "Africa/Casablanca", "theme": "dark",
    }  # fmt: skip
    answer = client.post(reverse("accounts:profile"), fields)
    assert answer.cookies["theme"].value == "dark"
    awa.refresh_from_db()
    assert (awa.country, awa.language, awa.timezone) == ("MA", "en", "Africa/Casablanca")
    page = client.get(reverse("accounts:profile")).content.decode()
    assert 'lang="en"' in page
    assert "outside the European Economic Area" in page


@pytest.mark.django_db(transaction=True)
def test_no_live_stream_opens_before_the_second_factor(client, settings):
    settings.MFA_REQUIRED = True
    diallo = make_user()
    client.force_login(diallo)
    assert audience_of_session(client.session.session_key) is None
    TOTP.activate(diallo, SECRET)
    client.get("/")
    assert audience_of_session(client.session.session_key).user_id == diallo.pk
