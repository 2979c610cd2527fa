"""While a version is rolled out the one before it goes on reading and writing: each migration only expands.

Every revision is brought up in turn, and then the tables are written and read as the version before knows them. What
cannot be seen so, a value that an older version does not know, is the journeys' matter (`test_versions_heard.py`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from services import SERVICES
from shared.storage import migrations, revisions
from shared.storage.once import sqlite_url, with_connection

CONTRACTS: dict[str, set[str]] = {}
"""By service: revisions that take something away, which no process of the version before them may meet. None so far."""
Columns = Sequence[dict[str, Any]]


def tables(connection: Connection) -> dict[str, Columns]:
    """The tables of a store, with their columns."""
    seen = inspect(connection)
    return {
        name: [dict(column) for column in seen.get_columns(name)]
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def amiss(connection: Connection, before: dict[str, Columns], row: int = 1) -> list[str]:
    """What the version before would find otherwise than it knows it. `row` numbers what it writes."""
    now = tables(connection)
    found = [f"{name} is gone" for name in before.keys() - now.keys()]
    for name in before.keys() & now.keys():
        columns = {column["name"]: column for column in now[name]}
        for column in before[name]:
            new = columns.get(column["name"])
            if new is None:
                found.append(f"{name}.{column['name']} is gone")
            elif str(new["type"]) != str(column["type"]) or new["nullable"] != column["nullable"]:
                found.append(f"{name}.{column['name']} has become something else")
    return found or [trouble for name in before for trouble in written(connection, name, before[name], row)]


def written(connection: Connection, name: str, columns: Columns, first: int) -> list[str]:
    """Two rows, as the version before writes them: no column of which it does not know may stand in their way."""
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    places = ", ".join(f":v{number}" for number in range(len(columns)))
    for row in (first, first + 1):
        values = {f"v{number}": value(str(column["type"]), row) for number, column in enumerate(columns)}
        try:
            connection.execute(text(f'INSERT INTO "{name}" ({names}) VALUES ({places})'), values)
        except Exception as error:
            return [f"{name} cannot be written: {error.__class__.__name__} {error.args[:1]}"]
    return []


def value(kind: str, row: int) -> Any:
    """Something that a column of this type takes, another one for each row."""
    if "INT" in kind or "BOOL" in kind or "FLOAT" in kind or "NUMERIC" in kind:
        return row
    return b"\x00" * row if "BLOB" in kind else f"2026-11-04T01:00:00.{row:06}"


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_version_before_reads_and_writes_goes_on_after_each_migration(service: str, tmp_path: Path) -> None:
    package = f"services.{service}"
    known = revisions.known(package)
    url = sqlite_url(tmp_path / "one.db")
    with_connection(url, lambda connection: migrations.bring_to(package, url, connection, known[0]))
    found = []
    for number, after in enumerate(known[1:], 1):

        def next_one(connection: Connection, after: str = after, row: int = 2 * number) -> list[str]:
            before = tables(connection)
            migrations.bring_to(package, url, connection, after)
            return amiss(connection, before, row)

        troubles = with_connection(url, next_one)
        if after not in CONTRACTS.get(service, set()):
            found += [f"{after}: {trouble}" for trouble in troubles]
    assert found == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE told ADD COLUMN more VARCHAR", []),
        ("ALTER TABLE told ADD COLUMN more VARCHAR NOT NULL DEFAULT ''", []),
        ("ALTER TABLE told RENAME COLUMN what TO that", ["told.what is gone"]),
        ("DROP TABLE told", ["told is gone"]),
        ("CREATE UNIQUE INDEX once ON told (1)", ["told cannot be written"]),
    ],
)
def test_what_takes_something_away_is_noticed(change: str, said: list[str], tmp_path: Path) -> None:
    def both(connection: Connection) -> list[str]:
        connection.execute(text("CREATE TABLE told (id INTEGER PRIMARY KEY, what VARCHAR NOT NULL)"))
        before = tables(connection)
        connection.execute(text(change))
        return amiss(connection, before)

    found = with_connection(sqlite_url(tmp_path / "one.db"), both)
    assert [line.partition(":")[0] for line in found] == said
