"""Prints what was read back: calm tables in one language, no names of people."""

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Line

from story.sheets import SERVICES, Fact, Journey, Table, Tables, fact_name, runs, said, word

MARKS = {"told": "●", "heard": "○", "ignored": "·"}


def _grid(table: Table, language: str) -> Grid:
    grid = Grid(title=said(table.title, language), box=box.SIMPLE_HEAD, title_style="bold", title_justify="left")
    for number, column in enumerate(table.columns):
        numeric = number > 0 and all(isinstance(row[number], int) for row in table.rows)
        grid.add_column(said(column, language), justify="right" if numeric else "left")
    for row in table.rows:
        grid.add_row(*(Line(said(cell, language)) for cell in row))
    return grid


def mark(source: str, seen_by: frozenset[str], service: str) -> str:
    """How a service stands to an event: it published it, received it, or does not need it."""
    return "told" if service == source else "heard" if service in seen_by else "ignored"


def when(fact: Fact) -> str:
    """The day and minute of a fact on the border's clocks."""
    return fact.effective[:16].replace("T", " ")


def often(times: int) -> str:
    """How often, where it was more than once."""
    return f" ({times})" if times > 1 else ""


def _journey(journey: Journey, language: str) -> Grid:
    title = f"{said(word(journey.key), language)}: {journey.case_number} ({said(journey.who, language)})"
    grid = Grid(title=title, box=box.SIMPLE_HEAD, title_style="bold", title_justify="left", padding=(0, 1, 0, 0))
    grid.add_column(said(word("day"), language), no_wrap=True)
    grid.add_column(said(word("fact"), language))
    for service in SERVICES:
        grid.add_column(service, justify="center")
    for fact, times in runs(journey.facts):
        marks = (MARKS[mark(fact.source, fact.seen_by, service)] for service in SERVICES)
        grid.add_row(when(fact), f"{said(fact_name(fact.kind), language)}{often(times)}", *marks)
    grid.add_section()
    grid.add_row("", said(word("stage"), language), *(view.stage for view in journey.views))
    return grid


def print_tables(console: Console, tables: Tables, language: str = "en") -> None:
    """All tables, then the two journeys side by side."""
    note = f" ({said(word('year_assumed'), language)})" if tables.year_assumed else ""
    console.print(f"\n[bold]{said(tables.title, language)}[/], {tables.year}{note}", highlight=False)
    console.print(f"{said(word('invented_note'), language)}", highlight=False)
    console.print(f"{said(word('as_of'), language)} {tables.as_of}\n", highlight=False)
    for table in (*tables.tables, tables.day_sheet):
        console.print(_grid(table, language))
    for journey in tables.journeys:
        console.print(_journey(journey, language))
    legend = "   ".join(f"{MARKS[key]} {said(word(key), language)}" for key in MARKS)
    console.print(legend, highlight=False)
