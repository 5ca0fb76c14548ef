"""Settings of the test-suite: the same file, a database that is started for it, cheap passwords."""

import os
from pathlib import Path

from decroche.foundation import embedded_database

os.environ.setdefault("DECROCHE_MODE", "test")
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = embedded_database.ensure_running(
        Path(os.environ.get("DECROCHE_DATA_DIR", "var")).resolve()
    )

from decroche.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTICE_SENDER = "decroche.notifications.adapters.memory.MemorySender"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder, and warnings fail tests
