"""Give the account's pages their side menu."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from decroche.accounts.permissions import Permission

register = template.Library()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the side menu."""

    url: str
    label: str
    icon: str
    is_current: bool


@register.simple_tag(takes_context=True)
def settings_menu(context: template.Context) -> list[MenuEntry]:
    """Return the pages of one's account, then those of one's team where one may compose it."""
    request: Any = context["request"]
    if not request.user.is_authenticated:
        return []
    wanted = [
        ("accounts:profile", _("Mon compte"), "circle-user"),
        ("mfa_index", _("Double vérification"), "shield-check"),
        ("account_change_password", _("Mot de passe"), "lock"),
        ("account_email", _("Adresse e-mail"), "mail"),
    ]
    if request.access.allows(Permission.MANAGE_PEOPLE):
        wanted.append(("accounts:people", _("Personnes"), "users"))
    if request.access.allows(Permission.SEE_ACCESS_LOG):
        wanted.append(("accounts:access_log", _("Qui a vu quoi"), "eye"))
    return [
        MenuEntry(reverse(name), label, icon, request.path.startswith(reverse(name)))
        for name, label, icon in wanted
    ]
