"""The ``decroche`` command: names what can be done, and hands over to one function each."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from decroche.foundation import embedded_database

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code (0 well, 1 refused, 2 misused)."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that what was begun is tidied up
    arguments = _parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")
    sys.exit(arguments.command(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="decroche", description="Télésecrétariat médical : téléphone, agenda, consignes."
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMANDE")

    def verb(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    demo = verb(
        "demo",
        demo_world,
        "prépare le monde de démonstration et lance tout ; « demo call » y fait sonner un appel",
    )
    demo.add_argument("what", nargs="?", choices=["run", "call", "load"], default="run")
    demo.add_argument("--port", type=int, default=int(os.environ.get("DECROCHE_PORT", "8000")))
    demo.add_argument("--secretary", help="adresse de la secrétaire dont le poste doit sonner (demo call)")
    run = verb("run", run_all, "lance tous les processus, surveillés, jusqu’à Ctrl-C")
    web = verb("web", run_web, "lance les pages")
    for sub in (run, web):
        sub.add_argument("--host", default=os.environ.get("DECROCHE_HOST", "127.0.0.1"))
        sub.add_argument("--port", type=int, default=int(os.environ.get("DECROCHE_PORT", "8000")))
    verb("worker", run_worker, "lance les tâches de fond")
    _name_of_exchange(
        verb("switchboard", run_switchboard, "lance le standard ; un second attend, prêt à prendre la suite")
    )
    _name_of_exchange(verb("asterisk", run_asterisk, "lance la copie privée d’Asterisk"))
    verb("migrate", migrate, "met les tables à jour")
    verb("doctor", doctor, "dit ce qui manque ou ne va pas")
    save = verb("backup", backup, "sauvegarde tout dans un fichier")
    save.add_argument("target", type=Path)
    back = verb("restore", restore, "remet une sauvegarde en place")
    back.add_argument("source", type=Path)
    back.add_argument("--replace", action="store_true", help="remplace une base qui n’est pas vide")
    admin = verb("createadmin", create_admin, "crée le compte qui administre l’installation")
    admin.add_argument("email")
    admin.add_argument("--first-name", required=True)
    admin.add_argument("--last-name", required=True)
    return parser


def _name_of_exchange(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--exchange",
        metavar="NOM",
        default=os.environ.get("DECROCHE_EXCHANGE", ""),
        help="lequel, quand il y en a plusieurs",
    )


# --- before Django --------------------------------------------------------------------------


def prepare_database() -> None:
    """Start the embedded PostgreSQL unless DATABASE_URL points elsewhere; children inherit its address."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded_database.ensure_running(data_dir())


def data_dir() -> Path:
    """Return the folder of everything that is kept."""
    return Path(os.environ.get("DECROCHE_DATA_DIR", "var")).resolve()


def django_command(argv: list[str]) -> int:
    """Run one of Django's management commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.settings")
    prepare_database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
    return 0


def _django() -> None:
    prepare_database()
    import django

    django.setup()


# --- the commands ---------------------------------------------------------------------------


def demo_world(arguments: argparse.Namespace) -> int:
    from decroche.operations import demo

    os.environ["DECROCHE_MODE"] = "demo"
    os.environ.setdefault("DECROCHE_LOG_LEVEL", "WARNING")
    if arguments.what == "call":
        _django()
        return demo.place_call(secretary_email=arguments.secretary)
    return demo.run(port=arguments.port, data_dir=data_dir(), only_load=arguments.what == "load")


def run_all(arguments: argparse.Namespace) -> int:
    from decroche.operations import group

    own_database = not os.environ.get("DATABASE_URL")
    prepare_database()
    try:
        return group.run(host=arguments.host, port=arguments.port, data_dir=data_dir())
    finally:
        if own_database:
            embedded_database.stop(data_dir())


def run_web(arguments: argparse.Namespace) -> int:
    import uvicorn

    prepare_database()
    uvicorn.run(
        "decroche.config.asgi:application",
        host=arguments.host,
        port=arguments.port,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,  # a desk asks again within the minute, on the same connection
    )
    return 0


def run_worker(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    return django_command(["decroche", "procrastinate", "worker", "--concurrency", "4"])


def run_switchboard(arguments: argparse.Namespace) -> int:
    os.environ["DECROCHE_EXCHANGE"] = arguments.exchange
    _django()
    from decroche.calls.switchboard.main import run

    return run()


def run_asterisk(arguments: argparse.Namespace) -> int:
    from decroche.operations.group import run_asterisk_here

    return run_asterisk_here(data_dir(), exchange=arguments.exchange)


def migrate(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    return django_command(["decroche", "migrate"])


def doctor(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    import django

    from decroche.operations.doctor import Health, examine
    from decroche.operations.steps import console

    django.setup()
    colours = {Health.GOOD: "green", Health.CAUTION: "yellow", Health.BAD: "red"}
    worst = 0
    for finding in examine():
        console.print(
            f"[{colours[finding.health]}]{finding.health.value}[/] {finding.subject:<16} {finding.sentence}"
        )
        worst = max(worst, int(finding.health is Health.BAD))
    return worst


def backup(arguments: argparse.Namespace) -> int:
    from decroche.operations.steps import step

    _django()
    from decroche.operations import archive

    return _refusable(archive.ArchiveRefused, lambda: _backup(arguments.target, step, archive.backup))


def _backup(target: Path, step: Callable[..., object], make: Callable[[Path], int]) -> None:
    with step(f"Sauvegarde dans {target}") as detail:  # type: ignore[attr-defined]
        detail(f"{make(target) / 2**20:.1f} Mio")


def restore(arguments: argparse.Namespace) -> int:
    from decroche.operations.steps import step

    _django()
    from decroche.operations import archive

    def work() -> None:
        with step(f"Restauration de {arguments.source}"):
            archive.restore(arguments.source, replace=arguments.replace)

    return _refusable(archive.ArchiveRefused, work)


def create_admin(arguments: argparse.Namespace) -> int:
    import getpass

    _django()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from decroche.accounts.models import User

    if User.objects.filter(email__iexact=arguments.email).exists():
        print(f"{arguments.email} a déjà un compte.", file=sys.stderr)
        return 1
    password = getpass.getpass("Mot de passe : ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    person = {"first_name": arguments.first_name, "last_name": arguments.last_name}
    try:
        validate_password(password, User(email=arguments.email, **person))
    except ValidationError as error:
        print("\n".join(error.messages), file=sys.stderr)
        return 1
    User.objects.create_superuser(arguments.email, password, **person)
    print(
        f"Compte créé : {arguments.email}. La double authentification sera demandée à la première connexion."
    )
    return 0


def _refusable(refusal: type[Exception], work: Callable[[], None]) -> int:
    try:
        work()
    except refusal as error:
        print(error, file=sys.stderr)
        return 1
    return 0
