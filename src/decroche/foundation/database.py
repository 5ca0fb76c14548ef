"""Say how a connection beside Django's reaches the same database: for LISTEN, locks and processes of their own."""

from django.conf import settings
from psycopg.conninfo import make_conninfo


def conninfo() -> str:
    """Return how to reach the database that Django uses."""
    database = settings.DATABASES["default"]
    parts = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_conninfo("", **{key: value for key, value in parts.items() if value})
