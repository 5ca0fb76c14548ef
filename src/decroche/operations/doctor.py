"""Say in plain words what is missing or wrong on this machine."""

import importlib.util
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

import psycopg
from cryptography import x509

LEAST_FREE_MIB = 1024
LEAST_POSTGRESQL = 15
LEAST_ASTERISK = 20
MOST_CLOCK_DRIFT_SECONDS = 2
SOON_DAYS = 30


class Health(Enum):
    """Grade a finding."""

    GOOD = "✓"
    CAUTION = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """Say one thing about the machine, and what to do about it."""

    health: Health
    subject: str
    sentence: str


def examine() -> Iterator[Finding]:
    """Yield a finding a subject; a check that cannot run says so instead of passing."""
    checks: list[Callable[[], Finding]] = [
        check_python, check_database, check_migrations, check_clock, check_asterisk, check_voice, check_paper,
        check_web_port, check_disk, check_bundle, check_hosting, check_certificate,
    ]  # fmt: skip
    for check in checks:
        yield check()


def check_python() -> Finding:
    version = sys.version.split()[0]
    good = sys.version_info >= (3, 11)
    return Finding(Health.GOOD if good else Health.BAD, "Python", f"{version} (3.11 ou plus récent demandé)")


def check_database() -> Finding:
    try:
        with _connect() as connection:
            number = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        return Finding(
            Health.BAD,
            "PostgreSQL",
            f"ne répond pas ({reason}). Lancez « decroche run » ou vérifiez DATABASE_URL.",
        )
    health = Health.GOOD if number >= LEAST_POSTGRESQL else Health.BAD
    return Finding(health, "PostgreSQL", f"version {number} ({LEAST_POSTGRESQL} ou plus récente demandée)")


def check_migrations() -> Finding:
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError:
        return Finding(Health.BAD, "Tables", "la base ne répond pas : rien n’a pu être vérifié")
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return Finding(
            Health.BAD, "Tables", f"{len(pending)} mise(s) à jour en attente : lancez « decroche migrate »"
        )
    return Finding(Health.GOOD, "Tables", "à jour")


def check_clock() -> Finding:
    """Compare our clock with the database's: appointments and leases live by both."""
    try:
        with _connect() as connection:
            row = connection.execute("SELECT clock_timestamp()").fetchone()
    except psycopg.OperationalError:
        return Finding(Health.BAD, "Horloge", "la base ne répond pas : rien n’a pu être comparé")
    drift = abs((datetime.now(tz=UTC) - row[0]).total_seconds()) if row else 0.0
    if drift > MOST_CLOCK_DRIFT_SECONDS:
        return Finding(
            Health.BAD, "Horloge", f"{drift:.1f} s d’écart avec la base : vérifiez la synchronisation (NTP)"
        )
    if time.time() < datetime(2026, 1, 1, tzinfo=UTC).timestamp():
        return Finding(Health.BAD, "Horloge", "la date de la machine est dans le passé")
    return Finding(Health.GOOD, "Horloge", f"{drift * 1000:.0f} ms d’écart avec la base")


def check_asterisk() -> Finding:
    from django.conf import settings

    from decroche.calls.adapters.asterisk.install import find_system, installed

    if settings.TELEPHONY == "memory":
        return Finding(
            Health.CAUTION, "Asterisk", "téléphonie simulée (DECROCHE_TELEPHONY=memory) : aucun son"
        )
    found = installed(settings.DATA_DIR / "asterisk") or find_system()
    if found is None:
        return Finding(Health.BAD, "Asterisk", "absent. « make asterisk » en installe une copie privée.")
    health = Health.GOOD if found.major >= LEAST_ASTERISK else Health.BAD
    return Finding(health, "Asterisk", f"version {found.version} ({LEAST_ASTERISK} ou plus récente demandée)")


def check_paper() -> Finding:
    """See whether PDFs can be laid out: WeasyPrint needs the system's Pango."""
    try:
        importlib.import_module("weasyprint")
    except OSError:
        return Finding(
            Health.CAUTION,
            "PDF",
            "la bibliothèque Pango manque\u202f: «\u202fapt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\u202f»"
            "\u202f; l’impression du navigateur marche sans elle.",
        )
    return Finding(Health.GOOD, "PDF", "Pango est là\u202f: les listes s’impriment aussi en PDF")


def check_voice() -> Finding:
    if shutil.which("espeak-ng"):
        return Finding(Health.GOOD, "Voix", "espeak-ng dit les phrases d’accueil")
    return Finding(
        Health.CAUTION,
        "Voix",
        "espeak-ng absent : des sons simples remplacent les phrases (apt install espeak-ng)",
    )


def check_web_port() -> Finding:
    port = int(os.environ.get("DECROCHE_PORT", "8000"))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding(
                Health.CAUTION, "Port web", f"{port} est occupé (par Décroche lui-même, s’il tourne déjà)"
            )
    return Finding(Health.GOOD, "Port web", f"{port} est libre")


def check_disk() -> Finding:
    from django.conf import settings

    free = shutil.disk_usage(settings.DATA_DIR).free // 2**20
    health = Health.GOOD if free >= LEAST_FREE_MIB else Health.BAD
    return Finding(
        health, "Disque", f"{free} Mio libres pour {settings.DATA_DIR} ({LEAST_FREE_MIB} demandés)"
    )


def check_bundle() -> Finding:
    spec = importlib.util.find_spec("decroche.ui")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    if (root / "static" / "ui" / "dist" / "app.js").exists():
        return Finding(Health.GOOD, "Écrans", "scripts et styles construits")
    return Finding(Health.BAD, "Écrans", "scripts et styles absents : lancez « make front »")


def check_hosting() -> Finding:
    from django.conf import settings

    if not settings.PRODUCTION:
        return Finding(
            Health.GOOD, "Hébergement", f"mode {settings.MODE} : aucune donnée réelle ne doit y entrer"
        )
    left = (date.fromisoformat(settings.HDS_EXPIRES_ON) - datetime.now(tz=UTC).date()).days
    if left <= 0:
        return Finding(Health.BAD, "Hébergement", "le certificat HDS de l’hébergeur a expiré")
    health = Health.GOOD if left > SOON_DAYS else Health.CAUTION
    return Finding(health, "Hébergement", f"{settings.HDS_HOST}, certificat HDS valable encore {left} jours")


def check_certificate() -> Finding:
    path = os.environ.get("DECROCHE_TLS_CERTIFICATE")
    if not path:
        return Finding(
            Health.GOOD, "Certificat web", "aucun à surveiller (DECROCHE_TLS_CERTIFICATE est vide)"
        )
    try:
        certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError):
        return Finding(Health.BAD, "Certificat web", f"illisible : {path}")
    left = (certificate.not_valid_after_utc - datetime.now(tz=UTC)).days
    health = Health.BAD if left < 0 else Health.CAUTION if left <= SOON_DAYS else Health.GOOD
    return Finding(health, "Certificat web", f"expire dans {left} jours")


def _connect() -> "psycopg.Connection[tuple[datetime]]":
    from django.db import connection

    parameters = connection.get_connection_params()
    wanted = {
        key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)
    }
    return psycopg.connect(**wanted, connect_timeout=3)
