"""Dress allauth's own pages with what our layout needs."""

from itertools import groupby
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from decroche.accounts.models import User


class SignInView(LoginView):  # type: ignore[misc]
    """Ask who one is; in the demo, offer its people."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.MODE == "demo":
            context["demo_people"] = demo_people()
        return context


class FactorsView(IndexView):  # type: ignore[misc]
    """List one's second factors, and say when one is still missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"two_factor_required": settings.MFA_REQUIRED}


class RemoveKeyView(RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a key, unless it is the only second factor where one is required (allauth does not ask for keys)."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.warning(self.request, str(get_adapter().error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(reverse("mfa_list_webauthn"))
        response: HttpResponse = super().form_valid(form)
        return response


def demo_people() -> list[dict[str, Any]]:
    """Return the demo's people in groups; a caption reads "Group: what they are"."""
    people = User.objects.exclude(demo_caption="").filter(is_active=True).order_by("pk")
    groups: list[dict[str, Any]] = []
    for title, members in groupby(people, key=_group_of):
        chosen = list(members)
        for person in chosen:
            person.demo_caption = person.demo_caption.partition(": ")[2] or person.demo_caption
        groups.append({"title": title, "people": chosen})
    return groups


def _group_of(person: User) -> str:
    group, colon, _rest = person.demo_caption.partition(": ")
    return group if colon else _("Les gens de la démonstration")
