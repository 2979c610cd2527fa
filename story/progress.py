"""Shows how far a command is: a bar per step on a terminal, a plain line per step anywhere else."""

from collections.abc import Iterable
from typing import Protocol

from rich import progress as bars
from rich.console import Console


class Report(Protocol):
    """How the player reports its progress."""

    def step(self, title: str, size: int) -> None:
        """A step of so many parts begins."""

    def done(self) -> None:
        """One part of it is done."""

    def end(self, refused: Iterable[str] = ()) -> None:
        """There are no further steps; these lines were refused."""


class Display:
    """The report that suits the console: bars where somebody watches, lines where a log is kept."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: bars.Progress | None = None
        self._task: bars.TaskID | None = None

    def step(self, title: str, size: int) -> None:
        if not self._console.is_terminal:
            self._console.print(f"- {title} ({size})", highlight=False)
            return
        if self._bars is None:
            text = bars.TextColumn("{task.description:<58}")
            columns = (text, bars.BarColumn(20), bars.MofNCompleteColumn(), bars.TimeElapsedColumn())
            self._bars = bars.Progress(*columns, console=self._console)
            self._bars.start()
        self._task = self._bars.add_task(title, total=size)

    def done(self) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task)

    def end(self, refused: Iterable[str] = ()) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
        for line in refused:
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)
