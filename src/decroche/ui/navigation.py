"""List the screens of each role for the top bar; the addresses are names, so that no room is imported."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

DESK = frozenset({"secretary", "supervisor"})
PRACTICE = frozenset({"practitioner", "staff"})


@dataclass(frozen=True, slots=True)
class Screen:
    """A place in the house: its address by name, its word, its icon, whose it is."""

    url_name: str
    label: str
    icon: str
    roles: frozenset[str]
    also: tuple[str, ...] = ()  # addresses elsewhere that belong to it


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the top bar."""

    url: str
    label: str
    icon: str
    is_current: bool


SCREENS = (
    Screen("desk:home", gettext_noop("Poste"), "headset", DESK),
    Screen("companion:home", gettext_noop("Ma journée"), "house", PRACTICE),
    Screen("agenda:home", gettext_noop("Agenda"), "calendar-days", DESK | PRACTICE),
    Screen("waiting_room:home", gettext_noop("Salle d’attente"), "hourglass", PRACTICE),
    Screen("messages:mine", gettext_noop("Messages"), "mail", PRACTICE | DESK),
    Screen("calls:log", gettext_noop("Appels"), "phone", DESK | PRACTICE),
    Screen(
        "calls:house",
        gettext_noop("Téléphonie"),
        "sliders-horizontal",
        frozenset({"supervisor", "practitioner"}),
        ("calls:lines",),
    ),
    Screen("continuity:start", gettext_noop("Sans internet"), "wifi-off", PRACTICE),
    Screen("practices:home", gettext_noop("Cabinets"), "building-2", DESK),
    Screen("accounts:people", gettext_noop("Personnes"), "users", frozenset({"supervisor", "administrator"})),
)


def entries(request: HttpRequest) -> list[Entry]:
    """Return the screens that exist and that the person's roles open."""
    access: Any = getattr(request, "access", None)
    user: Any = getattr(request, "user", None)
    if access is None or user is None or not user.is_authenticated:
        return []
    found = []
    for screen in SCREENS:
        url = _address(screen.url_name)
        if url and screen.roles & access.roles:
            found.append((url, screen))
    # Of several addresses that fit, the longest one is where the person is.
    fits = [
        (len(its), url)
        for url, screen in found
        for its in (url, *map(_address, screen.also))
        if its and request.path.startswith(its)
    ]
    current = max(fits, default=(0, ""))[1]
    return [Entry(url, _(screen.label), screen.icon, url == current) for url, screen in found]


def palette_url(request: HttpRequest) -> str:
    """Return the address that Ctrl+K asks, for people who have a desk; else nothing."""
    access: Any = getattr(request, "access", None)
    return _address("desk:palette") if access is not None and DESK & access.roles else ""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
