"""`python -m bench`: every figure against its yardstick, as one table. --quick only sees that each still runs.

Ours and every yardstick run on the loop that the product has.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from bench import bad_days, evaluating, footprint, growing, hearing, latency, listing, relaying, writing
from bench.measure import FULL, QUICK, Figure, Scale
from bench.peers import beside
from bench.record import record

MEASURES: dict[str, Callable[[Scale], Coroutine[Any, Any, list[Figure]]]] = {
    "sqlite-write": writing.sqlite,
    "sqlite-hear": hearing.sqlite,
    "sqlite-fall-back": hearing.falling_back,
    "embedded-latency": latency.embedded,
    "sqlite-list": listing.sqlite,
    "sqlite-remake": growing.remade_sqlite,
    "sqlite-growth": growing.sqlite,
    "bad-days": bad_days.sqlite,
    "metrics": bad_days.metrics,
    "postgres-write": writing.postgres,
    "peers": beside.eventsourcing,
    "postgres-hear": hearing.postgres,
    "wake-up": relaying.wake_up,
    "postgres-list": listing.postgres,
    "postgres-remake": growing.remade_postgres,
    "postgres-growth": growing.postgres,
    "kafka-relay": relaying.to_kafka,
    "kafka-away": relaying.broker_away,
    "kafka-latency": latency.kafka,
    "evaluate": evaluating.alone,
    "footprint": footprint.alone,
}
console = Console(width=200)


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of: {', '.join(MEASURES)}; nothing: all.")] = None,
    keep: Annotated[bool, typer.Option("--record", help="Write the figures into docs/performance.md.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Small and soon; bounds are looked at loosely.")] = False,
) -> None:
    """Measure, print, and end with 1 where a bound is broken; with --quick, where a ratio is not a quarter of it."""
    scale = QUICK if quick else FULL
    figures: list[Figure] = []
    for name in names or MEASURES:
        for figure in uvloop.run(MEASURES[name](scale)):
            console.print(*figure.cells(), sep=" | ", highlight=False)
            figures.append(figure)
    if keep:
        record(figures)
    table = Table("row", "work", "figure (least-most)", "must", "aim", "seen")
    for figure in figures:
        table.add_row(*figure.cells())
    console.print(table)
    broken = [figure.work for figure in figures if not (figure.loosely_holds() if quick else figure.holds())]
    if broken:
        console.print("not met:", *broken, sep="\n  ", style="red")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
