"""A bare Django project around the peer."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

_url = urlsplit(os.environ["PEER_DATABASE_URL"])
_options = parse_qs(_url.query)
SECRET_KEY = "bench"
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or "postgres"),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _options.get("host", [_url.hostname or ""])[0],
        "PORT": _options.get("port", [str(_url.port or "")])[0],
        "CONN_MAX_AGE": None,
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "appointment",
]
# The peer brings no migrations; without any, all tables are made together, whoever refers to whom.
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "sessions"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "peer_site"
USE_TZ = True
TIME_ZONE = "Europe/Paris"
MIDDLEWARE: list[str] = []
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING_CONFIG = None
