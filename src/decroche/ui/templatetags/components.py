"""Draw the small things every screen shares: icons, keys, fields, empty states."""

from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Form, RadioSelect, Select
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from decroche.ui import formats
from decroche.ui.navigation import Entry, entries, palette_url

register = template.Library()
# What is printed on a key, where keyboards do not agree.
KEY_NAMES = {"Enter": gettext_lazy("Entrée")}
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
    drawing = mark_safe(_drawing(name))  # noqa: S308 - our own files
    return format_html(
        '<svg class="icon icon-{}{}" width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        name,
        f" {extra}" if extra else "",
        drawing,
    )


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """Show a key or a chord: "Ctrl+K" gives two keys."""
    parts = [keys] if keys == "+" else keys.split("+")
    return format_html_join("", '<kbd class="kbd">{}</kbd>', ((KEY_NAMES.get(part, part),) for part in parts))


@register.simple_tag
def badge(text: str, kind: str = "calm") -> SafeString:
    mark = "▲ " if kind == "new" else ""
    return format_html('<span class="badge badge-{}">{}{}</span>', kind, mark, text)


@register.simple_tag
def avatar(name: str, extra: str = "") -> SafeString:
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', extra, formats.initials(name))


@register.inclusion_tag("ui/_empty.html")
def empty(icon_name: str, title: str, text: str = "") -> dict[str, Any]:
    """Say why there is nothing here and what to do about it."""
    return {"icon_name": icon_name, "title": title, "text": text}


@register.inclusion_tag("ui/_skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    return {"lines": range(lines)}


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, label: str = "", help_text: str = "") -> dict[str, Any]:
    """Wire a form field: label, control, help, error, and what assistive technology needs."""
    widget = bound.field.widget
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    css = "form-select" if isinstance(widget, Select) and not group else "form-control"
    if isinstance(widget, CheckboxInput):
        css = "form-check-input"
    attrs: dict[str, Any] = {}
    if not group:
        classes = [str(widget.attrs.get("class", "")), css, "is-invalid" if bound.errors else ""]
        attrs["class"] = " ".join(filter(None, classes))
    described = [
        f"{bound.auto_id}_{part}"
        for part, shown in (("help", help_text or bound.help_text), ("error", bound.errors))
        if shown
    ]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "help_text": help_text or bound.help_text,
        "is_checkbox": isinstance(widget, CheckboxInput),
        "is_group": group,
        "optional": not bound.field.required
        and not isinstance(widget, CheckboxInput)
        and not bound.is_hidden,
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the current query string with some values changed; None removes one."""
    request = context.get("request")
    params = request.GET.copy() if request else None
    if params is None:
        return ""
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.inclusion_tag("ui/_paginator.html", takes_context=True)
def paginator(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Draw first, near and last pages; nothing when there is one page."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {"page": page, "numbers": numbers, "request": context.get("request")}


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[Entry]:
    """Return the screens the signed-in person may open, the current one marked."""
    request = context.get("request")
    return entries(request) if request is not None else []


@register.simple_tag(takes_context=True)
def palette_address(context: template.Context) -> str:
    """Return where Ctrl+K asks, or nothing for people who have no desk."""
    request = context.get("request")
    return palette_url(request) if request is not None else ""
