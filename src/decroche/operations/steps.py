"""Print progress the same way everywhere: one line a step, its time, and a bar where there is a count."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Announce a step, let it report details, and say how long it took."""
    started = time.monotonic()
    with console.status(f"  {title}…"):
        yield lambda detail: console.print(f"    [dim]{detail}[/]")
    console.print(f"  [green]✓[/] {title} [dim]({time.monotonic() - started:.1f} s)[/]")


@contextmanager
def counted(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Announce a step with a bar; the function given takes a label, what is done and what there is in all."""
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(label: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} : {label}", completed=done, total=total)

        started = time.monotonic()
        yield report
    console.print(f"  [green]✓[/] {title} [dim]({time.monotonic() - started:.1f} s)[/]")
