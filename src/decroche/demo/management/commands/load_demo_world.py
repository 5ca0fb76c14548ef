"""Load the demo world, with a progress display."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from decroche.demo.team import DEMO_PASSWORD
from decroche.demo.world import PATIENTS, SIGN_INS, NotAnEmptyHouse, load
from decroche.foundation import clock


class Command(BaseCommand):
    """Load today's demo world unless it is there already."""

    help = "Charge le monde de démonstration du jour (DECROCHE_MODE=demo seulement)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="recharge même s'il est déjà là, et efface tout le reste"
        )
        parser.add_argument("--patients", type=int, default=PATIENTS, help="nombre de patients (20 000)")

    def handle(self, *_args: Any, **options: Any) -> None:
        console = Console(highlight=False, soft_wrap=True)
        with translation.override("fr"), _bar(console) as bar:
            task = bar.add_task("Monde de démonstration", total=None)

            def show(title: str, step: int, steps: int) -> None:
                bar.update(task, description=title, completed=step, total=steps)

            try:
                loaded = load(
                    now=clock.now(), progress=show, force=options["force"], patients=options["patients"]
                )
            except NotAnEmptyHouse:
                raise CommandError(
                    "Cette base contient déjà des cabinets ; --force les effacerait."
                ) from None
            elapsed = bar.tasks[0].elapsed or 0.0
        if loaded.fresh:
            counts = (
                (loaded.patients, "patients"),
                (loaded.appointments, "rendez-vous"),
                (loaded.calls, "appels"),
                (loaded.messages, "messages"),
                (loaded.follow_ups, "suivis"),
            )
            told = ", ".join(f"{count:,} {what}".replace(",", "\u202f") for count, what in counts)
            console.print(f"Monde du {loaded.day:%d/%m/%Y} : {told}, en {elapsed:.0f} s.")
        else:
            console.print(f"Le monde du {loaded.day:%d/%m/%Y} est déjà là.")
        console.print(f"\nPour entrer (mot de passe : [bold]{DEMO_PASSWORD}[/bold]) :")
        for each in SIGN_INS:
            console.print(f"  [bold]{each.email:<24}[/bold] {each.role:<28} {each.name}")


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<42}"),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
