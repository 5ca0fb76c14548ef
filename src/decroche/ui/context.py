"""Put into every page what the layout needs before its first paint (no flash of the wrong theme)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "comfortable")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and density kept in cookies, and whether the telephony is simulated."""
    theme = request.COOKIES.get("theme", "auto")
    density = request.COOKIES.get("density", "")
    return {
        "ui_theme": theme if theme in THEMES else "auto",
        "ui_density": density if density in DENSITIES else "",
        "ui_patterns": request.COOKIES.get("patterns") == "on",
        "telephony_simulated": getattr(settings, "TELEPHONY", "") == "memory",
    }
