"""What browsers may load: the same words on nearly every answer, so they are put together once."""

from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_USUAL = PolicyParts()


class ContentPolicyMiddleware(CSPMiddleware):  # type: ignore[misc]
    """Send the site's policy; a view or a template that asked for another is left to the library."""

    _words: tuple[object, str] = (None, "")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        own: Any = vars(response)
        is_usual = (
            HEADER not in response
            and not any(name.startswith("_csp_") for name in own)
            and self.get_policy_parts(request, response) == _USUAL
        )
        site: Any = getattr(settings, "CONTENT_SECURITY_POLICY", None)
        more: Any = getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
        if not is_usual or more or not site or set(site) != {"DIRECTIVES"} or settings.DEBUG:
            return super().process_response(request, response)  # type: ignore[no-any-return]
        if self._words[0] is not site:
            self._words = (site, build_policy())
        response[HEADER] = self._words[1]
        return response
