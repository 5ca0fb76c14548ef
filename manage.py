#!/usr/bin/env python
"""Run Django's own commands, with the embedded database started when it is the one in use."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")
    from decroche.operations.cli import django_command

    sys.exit(django_command(sys.argv))
