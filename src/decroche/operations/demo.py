"""Prepare the demo world and run everything, one visible step after the other."""

import os
import socket
from pathlib import Path

from decroche.calls.adapters.asterisk.apt import AsteriskUnavailable
from decroche.foundation import embedded_database
from decroche.operations import group
from decroche.operations.steps import console, counted, step

FREE_PORT_TRIES = 20


def run(*, port: int, data_dir: Path, only_load: bool = False) -> int:
    """Prepare what is missing, load the demo world, run the group, print where to go."""
    console.print("\n[bold]Décroche[/] : le monde de démonstration\n")
    prepare_telephony(data_dir)
    with step("Base de données"):
        os.environ["DATABASE_URL"] = embedded_database.ensure_running(data_dir)
    try:
        _prepare_django()
        people = _load_world()
        if only_load:
            return 0
        port = free_port(port)
        return group.run(
            host="127.0.0.1", port=port, data_dir=data_dir, on_ready=lambda: _welcome(port, people)
        )
    finally:
        with step("Arrêt de la base de données"):
            embedded_database.stop(data_dir)


def prepare_telephony(data_dir: Path) -> None:
    """Install the private Asterisk, or say why not and choose the exchange in memory."""
    from decroche.calls.adapters.asterisk.install import install

    if os.environ.get("DECROCHE_TELEPHONY") == "memory":
        console.print("  [yellow]![/] Téléphonie simulée, comme demandé (DECROCHE_TELEPHONY=memory)")
        return
    try:
        with step("Standard téléphonique (Asterisk, copie privée)") as detail:
            install(data_dir / "asterisk", say=detail)
    except AsteriskUnavailable as error:
        os.environ["DECROCHE_TELEPHONY"] = "memory"
        console.print(f"  [yellow]![/] Asterisk n’a pas pu être installé : {error}")
        console.print("    [yellow]Téléphonie simulée[/] : tout fonctionne, sauf le son.")


def free_port(wanted: int) -> int:
    """Return the first free port at or after the one wanted."""
    for port in range(wanted, wanted + FREE_PORT_TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"Aucun port libre entre {wanted} et {wanted + FREE_PORT_TRIES} : précisez --port.")


def _prepare_django() -> None:
    import django
    from django.core.management import call_command

    with step("Tables"):
        django.setup()
        call_command("migrate", verbosity=0)
    with step("Écrans"):
        call_command("messages", compile_only=True)
        call_command("collectstatic", interactive=False, verbosity=0)


def _load_world() -> list[tuple[str, str, str]]:
    from decroche.demo.world import SIGN_INS, load
    from decroche.foundation.clock import now

    with counted("Monde de démonstration") as report:
        load(now=now(), progress=report)
    return [(person.email, person.role, person.password) for person in SIGN_INS]


def _welcome(port: int, people: list[tuple[str, str, str]]) -> None:
    console.print(f"\n  Ouvrez [bold underline]http://localhost:{port}/[/] et choisissez qui vous êtes :\n")
    for email, role, password in people:
        console.print(f"    {role:<28} {email:<44} {password}")
    console.print("\n  Puis « Simuler un appel », ou « decroche demo call ». Ctrl-C pour tout arrêter.\n")


def place_call(*, secretary_email: str | None) -> int:
    """Ask the running switchboard for a simulated call, to a practice that the secretary answers for."""
    raise NotImplementedError
