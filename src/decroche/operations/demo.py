"""Prepare the demo world and run everything, one visible step after the other."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from decroche.calls.adapters.asterisk.apt import AsteriskUnavailable
from decroche.foundation import embedded_database
from decroche.operations import group
from decroche.operations.steps import console, counted, step

if TYPE_CHECKING:
    from decroche.accounts.models import User

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
        log_dir = data_dir / "log"
        console.print(f"  [dim]Les processus écrivent leurs journaux dans {log_dir}[/]")
        return group.run(
            host="127.0.0.1",
            port=port,
            data_dir=data_dir,
            on_ready=lambda: _welcome(port, people),
            log_dir=log_dir,
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
        console.print(f"    {role:<28} {email:<28} {password}", soft_wrap=True)
    console.print(
        "\n  Prenez votre poste (F2), puis « Simuler un appel », ou « .venv/bin/decroche demo call » ailleurs.\n"
        "  Ctrl-C pour tout arrêter.\n",
        soft_wrap=True,
    )


def place_call(*, secretary_email: str | None) -> int:
    """Ask the running switchboard for a simulated call to a practice of a secretary who is at her post."""
    import random

    from django.conf import settings

    from decroche.accounts.permissions import Permission
    from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent
    from decroche.calls.actions.simulate_call import NoLine, simulate_call
    from decroche.foundation.clock import now
    from decroche.practices.access import access_of

    if settings.MODE != "demo":
        raise SystemExit("Un appel ne se simule que dans la démonstration.")
    user = _someone_at_her_post(secretary_email)
    instant = now()
    access = access_of(user_id=user.pk, is_administrator=False, now=instant)
    practices = access.practices_for(Permission.HANDLE_CALL)
    try:
        line = simulate_call(user=user, practice_ids=practices, now=instant, dice=random.SystemRandom())
    except SwitchboardSilent:
        raise SystemExit("Le standard ne tourne pas : lancez d’abord « make demo ».") from None
    except NoLine:
        raise SystemExit(f"{user.display_name} ne répond pour aucune ligne.") from None
    except OrderRefused as refused:
        raise SystemExit(f"Le standard refuse : {refused.refusal}.") from None
    console.print(f"  Un patient appelle {line.practice.name} ({line.number}).")
    return 0


def _someone_at_her_post(email: str | None) -> "User":
    from decroche.accounts.models import User
    from decroche.calls.models import Post

    if email:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise SystemExit(f"{email} : personne de ce nom. « make demo » montre les adresses.")
        return user
    post = Post.objects.filter(state="available").select_related("user").order_by("since").first()
    if post is None:
        raise SystemExit("Personne n’est à son poste : entrez comme secrétaire et prenez votre poste (F2).")
    return post.user
