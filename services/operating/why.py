"""What came of one request: what was asked, the facts that were recorded, and what each service made of them.

A request's number stands in the audit of each service that it reached, and as the correlation of every fact that came
of it, also of those that reactions recorded later. None of these columns has an index, since nobody else asks for them:
on a large store it takes seconds. Who asked is not told, nor any value.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from shared.bus.consumer import Consuming
from shared.clock import wire
from shared.storage.ledger import Ledger
from shared.web.problems import TITLES, merged, titles_of

Found = dict[str, Any]
PLAIN = {
    "done": "and it was done",
    "shown": "and it was shown",
    "replayed": "and it had been done before, so nothing was changed",
    "begun": "and it was begun",
}
"""How an audit entry's decision reads; any other is the code of a refusal."""


async def came_of(kept: Consuming, request_id: str) -> Found:
    """All that one store has of a request."""
    return await kept.database.read(lambda conn: _found(conn, kept.ledger, request_id))


def _found(conn: Connection, ledger: Ledger, request_id: str) -> Found:
    def those(table: Table, column: str, wanted: Iterable[Any], *names: str) -> list[Found]:
        first, *_ = table.primary_key
        query = select(*(table.c[name] for name in names)).where(table.c[column].in_(wanted)).order_by(first)
        return [dict(row) for row in conn.execute(query).mappings()]

    number, fact = [request_id], ("type", "subject", "version", "event_id")
    told = those(ledger.journal, "correlation", number, "id", *fact)
    known = those(ledger.heard, "correlation", number, "source", "status", *fact)
    asked = those(ledger.audit, "request_id", number, "at", "role", "action", "decision")
    pending = {
        row["journal_id"] for row in those(ledger.pending, "journal_id", [row["id"] for row in told], "journal_id")
    }
    causes = [row["event_id"] for row in (*told, *known)]
    return {
        "asked": [row | {"at": wire(row["at"])} for row in asked],
        "recorded": [_fact(row) | {"published": row["id"] not in pending} for row in told],
        "heard": [_fact(row) | {"source": row["source"], "status": row["status"]} for row in known],
        "to_do": those(ledger.todo, "cause", causes, "reaction", "attempts"),
        "attention": those(ledger.attention, "cause", causes, "reaction", "code"),
    }


def _fact(row: Mapping[str, Any]) -> Found:
    return {name: row[name] for name in ("type", "subject", "version")}


def in_words(answer: Mapping[str, Found]) -> Iterator[str]:
    """The answer as sentences; none where no store has anything of it."""
    for service, found in answer.items():
        titles = merged([TITLES, titles_of(f"services.{service}")])
        for row in found["asked"]:
            asked = f"a caller as {row['role']} asked for {row['action']}"
            yield f"{service}, {row['at']}: {asked}, {_decided(row, titles)}."
        for row in found["recorded"]:
            yield f"{service} recorded {_named(row)}, {'published' if row['published'] else 'not yet published'}."
        for row in found["heard"]:
            yield f"{service} heard of {_named(row)} from {row['source']}: {row['status']}."
        for row in found["to_do"]:
            yield f"{service} has still to do: {row['reaction']}, tried {row['attempts']} times."
        for row in found["attention"]:
            yield f"{service} left to people: {row['reaction']}, {row['code']}."


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['type']} as {row['subject']} {row['version']}"


def _decided(row: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> str:
    decision = str(row["decision"])
    if decision in PLAIN:
        return PLAIN[decision]
    said = titles.get(decision, {}).get("en", "").rstrip(".")
    return f"and it was refused with {decision}" + (f" ({said})" if said else "")
