"""Load the demo world, with a progress display."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from decroche.demo.world import SIGN_INS, NotAnEmptyHouse, load
from decroche.foundation import clock


class Command(BaseCommand):
    """Load today's demo world unless it is there already."""

    help = "Charge le monde de démonstration du jour (DECROCHE_MODE=demo seulement)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="recharge même s'il est déjà là, et efface tout le reste")
        parser.add_argument("--patients", type=int, default=20_000, help="nombre de patients (20 000)")

    def handle(self, *_args: Any, **options: Any) -> None:
        console = Console()
        with (
            translation.override("fr"),
            Progress(
                SpinnerColumn(), TextColumn("{task.description:<42}"), BarColumn(bar_width=30), TimeElapsedColumn(),
                console=console, transient=True,
            ) as bar,
        ):  # fmt: skip
            task = bar.add_task("Monde de démonstration", total=None)

            def show(title: str, step: int, steps: int) -> None:
                bar.update(task, description=title, completed=step, total=steps)

            try:
                loaded = load(now=clock.now(), progress=show, force=options["force"], patients=options["patients"])
            except NotAnEmptyHouse:
                raise CommandError("Cette base contient déjà des cabinets ; --force les effacerait.") from None
            elapsed = bar.tasks[0].elapsed or 0.0
        if loaded.fresh:
            console.print(
                f"Monde du {loaded.day:%d/%m/%Y} : {loaded.patients} patients, {loaded.appointments} rendez-vous, "
                f"{loaded.calls} appels, {loaded.messages} messages, {loaded.follow_ups} suivis, en {elapsed:.1f} s."
            )
        else:
            console.print(f"Le monde du {loaded.day:%d/%m/%Y} est déjà là.")
        console.print(_sign_ins())


def _sign_ins() -> Table:
    table = Table(title="Pour entrer")
    for heading in ("Adresse", "Mot de passe", "Rôle", "Qui"):
        table.add_column(heading)
    for each in SIGN_INS:
        table.add_row(each.email, each.password, each.role, each.name)
    return table
