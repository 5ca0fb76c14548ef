"""The ``decroche`` command."""

import os
import sys

from decroche.foundation import embedded_database


def prepare_database() -> None:
    """Start the embedded PostgreSQL unless DATABASE_URL points elsewhere; children inherit its address."""
    from pathlib import Path

    if not os.environ.get("DATABASE_URL"):
        data_dir = Path(os.environ.get("DECROCHE_DATA_DIR", "var")).resolve()
        os.environ["DATABASE_URL"] = embedded_database.ensure_running(data_dir)


def django_command(argv: list[str]) -> int:
    """Run one of Django's management commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")
    prepare_database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
    return 0


def main() -> None:
    """Run the command line."""
    sys.exit(django_command(sys.argv))
