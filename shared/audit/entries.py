"""An audit entry as the bytes that are hashed: canonical JSON of every column, its name beside its value.

Which columns there are is a numbered *form*, kept beside the entries: an entry of an earlier version is hashed for ever
by the columns that the table had then. JSON is written as RFC 8785 says for what stands here: texts in NFC, whole
numbers, lists; keys in order, no space.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from shared.columns import canonical
from shared.storage.ledger import Ledger

FORM = "form"
"""The key under which an entry's form stands in its bytes. No column may be called so."""
Forms = Mapping[int, Sequence[str]]


def written(row: Mapping[Any, Any], form: int, columns: Sequence[str]) -> bytes:
    """The bytes of an entry."""
    return canonical({FORM: form, **{name: _plain(row[name]) for name in columns}}).encode()


def _plain(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case list() | tuple():
            return [_plain(one) for one in value]
        case dict():
            return {_plain(name): _plain(one) for name, one in value.items()}
        case float():
            raise TypeError("no entry of the audit has a fraction: it has no single way to be written")
        case _:
            return value


def forms(conn: Connection, ledger: Ledger) -> dict[int, list[str]]:
    """All forms in which entries of this store were written."""
    table = ledger.audit_form
    return {row.form: row.columns for row in conn.execute(select(table).order_by(table.c.form))}


def form_of_today(known: Forms, table: Table) -> int:
    """The number of the form that the table has now: the next one where its columns are others than ever before."""
    columns = [column.name for column in table.columns]
    return next((form for form, named in known.items() if list(named) == columns), max(known, default=0) + 1)


def keep_form(conn: Connection, ledger: Ledger, form: int) -> None:
    """Note the columns of today under this number."""
    conn.execute(insert(ledger.audit_form).values(form=form, columns=[column.name for column in ledger.audit.columns]))
