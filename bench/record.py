"""Writes figures into docs/performance.md: rows that were measured now replace their older ones, the others stay."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Figure

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
HEAD = "| Row | Work | Figure (least-most) | Must | Aim | Seen | On |\n|---|---|---:|---:|---:|---|---|\n"


def record(figures: Sequence[Figure], page: Path = PAGE) -> None:
    """Each work has one row, where it stood before; a new one comes last."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {line.split("|")[2].strip(): line for line in table.splitlines()[2:] if line.startswith("|")}
    today = datetime.now(UTC).date().isoformat()
    for figure in figures:
        cells = figure.cells()
        rows[cells[1]] = f"| {' | '.join((*cells, today))} |"
    page.write_text(before + BEGIN + HEAD + "".join(f"{row}\n" for row in rows.values()) + END + after, "utf-8")
