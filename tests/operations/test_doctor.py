"""The doctor says what is, in plain words, and never passes what it could not check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from decroche.operations import doctor
from decroche.operations.doctor import Health


@pytest.mark.django_db
@pytest.mark.data
def test_a_sound_machine_gets_good_marks_for_its_database() -> None:
    assert doctor.check_python().health is Health.GOOD
    assert doctor.check_database().health is Health.GOOD
    assert doctor.check_migrations().health is Health.GOOD
    assert doctor.check_clock().health is Health.GOOD


@pytest.mark.django_db
def test_a_lost_database_is_said_by_every_check_that_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise doctor.psycopg.OperationalError("connection refused")

    monkeypatch.setattr(doctor, "_connect", refuse)
    assert doctor.check_database().health is Health.BAD
    assert doctor.check_clock().health is Health.BAD


def test_a_full_disk_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_MIB", 10**12)
    assert doctor.check_disk().health is Health.BAD


def test_simulated_telephony_is_a_caution_not_a_pass(settings: Settings) -> None:
    settings.TELEPHONY = "memory"
    finding = doctor.check_asterisk()
    assert (finding.health, "simulée" in finding.sentence) == (Health.CAUTION, True)


@pytest.mark.parametrize(("days", "health"), [(-1, Health.BAD), (10, Health.CAUTION), (200, Health.GOOD)])
def test_a_certificate_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, health: Health
) -> None:
    path = tmp_path / "web.pem"
    path.write_bytes(_certificate(days))
    monkeypatch.setenv("DECROCHE_TLS_CERTIFICATE", str(path))
    assert doctor.check_certificate().health is health


def test_an_unreadable_certificate_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECROCHE_TLS_CERTIFICATE", str(tmp_path / "none.pem"))
    assert doctor.check_certificate().health is Health.BAD


def _certificate(days: int) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(tz=UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "decroche.test")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(days=90), now + timedelta(days=days, hours=1)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
