"""Output of commands: tables for people, JSON for machines, plain text where nobody sits at a terminal.

Results go to standard output, everything else to standard error, so that a result can be piped on.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared.production import Unsafe, refuse_practice, refuse_unsafe
from shared.settings import Settings, UnknownSetting, refuse_unknown

console = Console()
aside = Console(stderr=True)
wide = Console(width=200)
"""For tables that go into a file or a pipe, where nothing may be cut off."""

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def read_settings(*, serving: bool = False, practice: str = "") -> Settings:
    """The settings of this process; ends it with 2 where they cannot be read, or are unsafe in production.

    `serving`: it will answer callers. `practice` names what only invented people are for.
    """
    try:
        refuse_unknown(os.environ, Settings)
        settings = Settings()
        if practice:
            refuse_practice(settings, practice)
        refuse_unsafe(settings, serving=serving)
    except (UnknownSetting, Unsafe, ValueError) as error:
        refuse(str(error))
    return settings


def refuse(why: str, status: int = 2) -> NoReturn:
    """Say why not, and end."""
    aside.print(f"[red]{why}[/red]", highlight=False, soft_wrap=True)
    raise typer.Exit(status)


def tell(line: str) -> None:
    """One line, which is never broken: somebody may look for its words."""
    console.print(line, highlight=False, soft_wrap=True)


def tell_machine(answer: Any) -> None:
    """One JSON document, not wrapped and not coloured."""
    typer.echo(json.dumps(answer, ensure_ascii=False))


def tell_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table; numbers to the right, zeros quiet."""
    seen = console.is_terminal
    table = Table(title=title, title_justify="left", box=HEAVY_HEAD if seen else None)
    for place, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[place], int) for row in rows)
        table.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("·" if cell == 0 and seen else str(cell) for cell in row))
    (console if seen else wide).print(table, highlight=False)


def age(seconds: float) -> str:
    """A time that passed, in its largest unit: 40 s, 5 min, 3 h, 12 d."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


@contextmanager
def watched() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per thing that takes long, at a terminal; silence elsewhere."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=aside, transient=True, disable=not aside.is_terminal) as bars:
        known: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = bars.add_task(what, total=total)
            bars.update(known[what], completed=done, total=total)

        yield tell
