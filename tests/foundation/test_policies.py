"""What browsers may load is said on every answer; a view that asks for another policy has its own."""

from csp.constants import NONCE
from csp.decorators import csp_update
from django.http import HttpResponse
from django.test import RequestFactory

from decroche.foundation.policies import ContentPolicyMiddleware

_HEADER = "Content-Security-Policy"


def _policy(view) -> set[str]:
    answer = ContentPolicyMiddleware(view)(RequestFactory().get("/"))
    return {part.strip() for part in answer[_HEADER].split(";")}


def test_the_usual_words_are_those_of_the_library_each_time(settings) -> None:
    def plain(_request):
        return HttpResponse()

    first = _policy(plain)
    assert "default-src 'none'" in first
    assert _policy(plain) == first
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'self'"]}}
    assert _policy(plain) == {"default-src 'self'"}


def test_a_view_may_ask_for_more_and_the_next_one_does_not_inherit_it() -> None:
    @csp_update({"img-src": ["https://tiles.example"]})
    def with_more(_request):
        return HttpResponse()

    assert any("https://tiles.example" in part for part in _policy(with_more))
    assert not any("https://tiles.example" in part for part in _policy(lambda _request: HttpResponse()))


def test_a_nonce_that_was_given_out_is_in_the_policy(settings) -> None:
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'", NONCE]}}

    def scripted(request):
        return HttpResponse(str(request.csp_nonce))

    assert any("'nonce-" in part for part in _policy(scripted))
