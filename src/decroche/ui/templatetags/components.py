"""Draw the small things every screen shares: icons first."""

from functools import cache
from pathlib import Path

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ICONS = Path(__file__).resolve().parent.parent / "assets" / "icons"


class UnknownIcon(Exception):
    """The icon is not in assets/icons.txt."""


@cache
def _drawing(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if "/" in name or not path.is_file():
        raise UnknownIcon(name)
    svg = path.read_text(encoding="utf-8")
    return svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].strip().replace("\n", "")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Inline a whitelisted lucide icon, hidden from screen readers (its neighbour says the word)."""
    classes = f"icon icon-{name} {extra}".strip()
    return mark_safe(  # noqa: S308 - our own files and constants
        f'<svg class="{classes}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{_drawing(name)}</svg>'
    )
