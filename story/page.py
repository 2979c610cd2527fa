"""Writes homeward-demo.html: one self-contained page with the tables, the two journeys and the day sheet.

All three languages are in the page. It switches between them without a script and loads nothing from a network.
"""

from html import escape
from pathlib import Path

from story.drawing import picture
from story.printing import MARKS, mark, often, when
from story.sheets import LANGUAGES, SERVICES, Cell, Journey, Table, Tables, fact_name, runs, word

NATIVE = {"km": "ខ្មែរ", "vi": "Tiếng Việt", "en": "English"}


def _in_all(cell: Cell) -> str:
    """A cell in every language; only the chosen one is shown."""
    if isinstance(cell, str | int):
        return escape(str(cell))
    return "".join(f'<span data-l="{one}" lang="{one}">{escape(cell[one])}</span>' for one in LANGUAGES)


def _row(row: tuple[Cell, ...]) -> str:
    first, *rest = row
    cells = "".join(f"<td{' class=n' if isinstance(cell, int) else ''}>{_in_all(cell)}</td>" for cell in rest)
    return f'<tr><th scope="row">{_in_all(first)}</th>{cells}</tr>'


def _table(table: Table) -> str:
    numeric = [
        bool(table.rows) and all(isinstance(row[at], int) for row in table.rows) for at in range(len(table.columns))
    ]
    head = "".join(
        f'<th scope="col"{" class=n" if number else ""}>{_in_all(column)}</th>'
        for column, number in zip(table.columns, numeric, strict=True)
    )
    body = "".join(map(_row, table.rows))
    return (
        f'<section aria-labelledby="{table.key}"><h2 id="{table.key}">{_in_all(table.title)}</h2>'
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></section>'
    )


def _facts(journey: Journey) -> str:
    """The same journey as a table, for those who cannot or would not read a picture."""
    head = "".join(f'<th scope="col">{_in_all(cell)}</th>' for cell in (word("day"), word("fact"), *SERVICES))
    rows = ""
    for fact, times in runs(journey.facts):
        marks = (mark(fact.source, fact.seen_by, service) for service in SERVICES)
        seen = "".join(
            f'<td class="mark"><abbr title="{escape(word(one)["en"])}">{MARKS[one]}</abbr></td>' for one in marks
        )
        rows += (
            f'<tr><td>{when(fact)}</td><th scope="row">{_in_all(fact_name(fact.kind))}{often(times)}</th>{seen}</tr>'
        )
    stages = "".join(f"<td>{escape(view.stage)}</td>" for view in journey.views)
    rows += f'<tr><td></td><th scope="row">{_in_all(word("stage"))}</th>{stages}</tr>'
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _journey(journey: Journey) -> str:
    legend = " &#160; ".join(f"{MARKS[key]} {_in_all(word(key))}" for key in MARKS)
    return (
        f'<section aria-labelledby="{journey.key}"><h2 id="{journey.key}">{_in_all(word(journey.key))}</h2>'
        f"<p>{_in_all(word('case_number'))} {escape(journey.case_number)}, {_in_all(journey.who)}</p>"
        f'<div class="scroll">{picture(journey)}</div><p class="quiet">{legend}</p>'
        f"<details><summary>{_in_all(word('fact'))} ({len(journey.facts)})</summary>"
        f"{_facts(journey)}</details></section>"
    )


def _switch() -> str:
    radios = "".join(
        f'<label><input type="radio" name="language" id="{one}"{" checked" if one == "en" else ""}> '
        f'<span lang="{one}">{NATIVE[one]}</span></label>'
        for one in LANGUAGES
    )
    return f"<fieldset><legend>{_in_all(word('language'))}</legend>{radios}</fieldset>"


def write_page(path: Path, tables: Tables) -> None:
    """The page, whole or not at all."""
    css = Path(__file__).with_name("page.css").read_text("utf-8")
    assumed = f" ({_in_all(word('year_assumed'))})" if tables.year_assumed else ""
    sections = "".join(map(_table, tables.tables)) + "".join(map(_journey, tables.journeys)) + _table(tables.day_sheet)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Homeward: {escape(tables.title['en'])}</title><style>{css}</style></head><body><header>{_switch()}"
        f'<p class="invented">{_in_all(word("invented"))}</p><h1>{_in_all(tables.title)}</h1>'
        f"<p>{tables.year}{assumed}. {_in_all(word('as_of'))} {escape(tables.as_of)}.</p>"
        f'<p class="quiet">{_in_all(word("invented_note"))}</p></header><main>{sections}</main></body></html>\n'
    )
    unfinished = path.with_suffix(".part")
    unfinished.write_text(html, "utf-8")
    unfinished.replace(path)
