"""The measuring core: ours and its yardstick in turn, in one run, so that a busy neighbour slows both.

Absolute figures of a shared machine move by half and more; a ratio taken inside one round does not. Each round reverses
the order. The figure is the median, with the least and the most beside it.
"""

import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

Side = Callable[[], Awaitable[float]]
"""One pass; answers what it did per second, after it has counted the rows that it stored."""


@dataclass(frozen=True)
class Scale:
    """How long to measure: everything, or just enough to see that each measurement still runs."""

    rounds: int
    share: float

    def of(self, many: int, least: int = 100) -> int:
        """That many in a full run, fewer in a quick one."""
        return max(least, int(many * self.share))


FULL = Scale(5, 1.0)
QUICK = Scale(2, 0.02)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `values` holds one figure per round; an aim below the must says that less is better."""

    number: str
    work: str
    must: float
    aim: float
    values: Sequence[float]
    unit: str = ""
    seen: str = ""

    @property
    def middle(self) -> float:
        return statistics.median(self.values)

    def holds(self, slack: float = 1.0) -> bool:
        """Whether the median keeps the bound, loosened by `slack`: 2 lets it be half as good."""
        if self.aim < self.must:
            return self.middle <= self.must * slack
        return self.middle >= self.must / slack

    def loosely_holds(self) -> bool:
        """For a busy machine: seconds and milliseconds are its own, and of a ratio a quarter is enough."""
        return bool(self.unit) or self.holds(4.0)

    def cells(self) -> tuple[str, ...]:
        """Number, work, figure with least and most, must, aim, and what was seen."""
        figure = f"{_shown(self.middle)} ({_shown(min(self.values))}-{_shown(max(self.values))}) {self.unit}".strip()
        return self.number, self.work, figure, f"{self.must:g}", f"{self.aim:g}", self.seen


async def in_turn(rounds: int, *sides: Side) -> list[list[float]]:
    """Each side's figure of every round; every other round goes backwards."""
    found: list[list[float]] = [[] for _ in sides]
    for turn in range(rounds):
        places = list(enumerate(sides))
        for place, side in reversed(places) if turn % 2 else places:
            found[place].append(await side())
    return found


def over(ours: Sequence[float], yardstick: Sequence[float]) -> list[float]:
    """The ratio of every round."""
    return [one / other for one, other in zip(ours, yardstick, strict=True)]


def rates(**sides: Sequence[float]) -> str:
    """The absolute figures behind a ratio, for orientation only."""
    return ", ".join(f"{name} {statistics.median(values):,.0f}/s" for name, values in sides.items())


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, math.ceil(len(values) * share) - 1)]


async def per_second(many: int, work: Awaitable[object], spent: list[float] | None = None) -> float:
    """How many per second, when the work does that many. `spent` gains this process's CPU time of each, in us."""
    begun, busy = perf_counter(), process_time()
    await work
    if spent is not None:
        spent.append((process_time() - busy) / many * 1e6)
    return many / (perf_counter() - begun)


def _shown(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.0f}"
