import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation

from decroche.ui import errors
from decroche.ui.context import frame
from tests.factories import PASSWORD, make_practice, make_practice_person, make_secretary, make_user

pytestmark = pytest.mark.django_db


def test_a_missing_page_says_so_in_french_and_shows_the_way_home() -> None:
    answer = Client().get("/nulle-part/")

    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Cette page n’existe pas ou plus" in page
    assert 'href="/"' in page
    assert "404" not in page
    assert "Erreur" not in page


def test_inside_a_panel_only_the_sentence_comes() -> None:
    answer = Client().get("/nulle-part/", headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert "<html" not in answer.content.decode()


def test_a_failing_server_still_answers_without_its_database(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = errors.server_error(RequestFactory().get("/desk/"))

    assert answer.status_code == 500
    assert "Un imprévu de notre côté" in answer.content.decode()


def test_a_form_open_too_long_is_told_kindly() -> None:
    request = RequestFactory().post("/desk/")
    request.user = AnonymousUser()

    answer = errors.csrf_failure(request)

    assert answer.status_code == 403
    assert "restée ouverte trop longtemps" in answer.content.decode()


@pytest.mark.parametrize(
    ("kept", "painted"), [("dark", "dark"), ("light", "light"), ("", "auto"), ('"><script>', "auto")]
)
def test_the_theme_is_painted_by_the_server_from_a_cookie(kept: str, painted: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = kept

    assert frame(request)["ui_theme"] == painted


def test_the_simulated_exchange_is_announced_on_every_page(settings) -> None:
    settings.TELEPHONY = "memory"
    client = signed_in(make_secretary(practices=(make_practice(),)))

    assert "Téléphonie simulée" in client.get("/nulle-part/").content.decode()


def test_one_changes_language_and_it_stays_with_the_person() -> None:
    user = make_user()
    client = signed_in(user)

    answer = client.post("/ui/language/", {"language": "en", "next": "/desk/"})

    user.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert user.language == "en"
    assert answer.cookies["django_language"].value == "en"


@pytest.mark.parametrize(("language", "back"), [("klingon", "/"), ("en", "https://ailleurs.example/")])
def test_a_strange_language_or_way_back_is_ignored(language: str, back: str) -> None:
    answer = Client().post("/ui/language/", {"language": language, "next": back})

    assert answer["Location"] == "/"


def test_a_language_is_not_changed_by_following_a_link() -> None:
    assert Client().get("/ui/language/?language=en").status_code == 405


def test_each_role_sees_its_own_screens() -> None:
    practice = make_practice()
    secretary = signed_in(make_secretary(practices=(practice,))).get("/nulle-part/").content.decode()
    practitioner = signed_in(make_practice_person(practice=practice)).get("/nulle-part/").content.decode()

    assert 'href="/desk/"' in secretary
    assert 'id="palette"' in secretary
    assert 'href="/desk/"' not in practitioner
    assert 'id="palette"' not in practitioner


def test_english_pages_are_english() -> None:
    with translation.override("en"):
        page = errors.not_found(_anonymous()).content.decode()

    assert 'lang="en"' in page
    assert "Back to the home page" in page


def _anonymous():
    request = RequestFactory().get("/x/")
    request.user = AnonymousUser()
    return request


def signed_in(user) -> Client:
    client = Client()
    assert client.login(
        request=RequestFactory().post("/"), username=user.email, email=user.email, password=PASSWORD
    )
    return client
