"""Production refuses to start where the law or good sense says no."""

import os
import subprocess
import sys

import pytest

LAWFUL = {
    "DECROCHE_MODE": "production",
    "DECROCHE_SECRET_KEY": "kept-elsewhere",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "DECROCHE_HDS_HOST": "Hébergeur certifié",
    "DECROCHE_HDS_CERTIFICATE": "HDS-2026-001",
    "DECROCHE_HDS_EXPIRES_ON": "2199-12-31",
}


def _start(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DECROCHE_", "DATABASE_", "DJANGO_"))
    }
    command = [
        sys.executable,
        "-c",
        "import decroche.config.settings as s; print(s.MODE, s.MFA_REQUIRED, s.SESSION_COOKIE_SECURE)",
    ]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False)


def test_with_everything_on_record_it_starts_with_two_factors_and_secure_cookies() -> None:
    assert _start(LAWFUL).stdout == "production True True\n"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DECROCHE_HDS_HOST": ""}, "DECROCHE_HDS_HOST"),
        ({"DECROCHE_HDS_CERTIFICATE": ""}, "DECROCHE_HDS_CERTIFICATE"),
        ({"DECROCHE_HDS_EXPIRES_ON": "2020-01-01"}, "expired"),
        ({"DECROCHE_SECRET_KEY": ""}, "DECROCHE_SECRET_KEY"),
        ({"DECROCHE_MFA_REQUIRED": "false"}, "two-factor"),
        ({"DECROCHE_MODE": "prod"}, "choose demo"),
        ({"DECROCHE_ACCESS_LOG_MONTHS": "60"}, "between 6 and 36"),
    ],
)
def test_with_something_missing_it_says_what_and_stops(change: dict[str, str], word: str) -> None:
    refused = _start(LAWFUL | change)
    assert refused.returncode != 0
    assert word in refused.stderr
