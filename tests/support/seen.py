"""Asks every list of a service as every kind of caller, and compares it with the single reads of the same things.

The queries are asked as the edge asks them, on one connection and with all keys: that is what makes it quick.
"""

from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection

from shared.auth import Caller, Purpose, Role
from shared.errors import HomewardError
from shared.ids import pseudonym
from shared.reading import PageAsked, Reader
from shared.runtime import Kept
from shared.sealing import Keys
from shared.web import attention
from shared.writing.handling import handling_of
from shared.writing.work import keys_for

HOLDERS = {"grants": "livelihood-fund"}
PARTNERS = {
    "intake": {"long-an-health": Role.SENDING_AUTHORITY, "bavet-gate": Role.RECEIVING_AUTHORITY},
    "referrals": {"bavet-school": Role.SERVICE_PROVIDER},
}
"""Who holds what is there, if not the centre; and whoever sent, receives or is asked."""


def listed_things(service: str) -> Iterator[ModuleType]:
    """The queries of everything that a service lists and reads one by one."""
    for path in sorted(Path("services", service).glob("*/queries.py")):
        queries = import_module(".".join(path.with_suffix("").parts))
        if hasattr(queries, "listing"):
            yield queries
    yield attention


def strangers(service: str) -> Iterator[Caller]:
    """Every role at the holder and at a house without a part, and partners; nobody works on anything."""
    nobody, holder = pseudonym("staff", "nobody-there"), HOLDERS.get(service, "bavet-centre")
    at = [(house, role) for role in sorted(set(Role) - {Role.SYSTEM}) for house in (holder, "far-house")]
    for house, role in (*at, *PARTNERS.get(service, {}).items()):
        yield Caller(nobody, pseudonym("organisation", house), role, Purpose.PROTECTION)


async def keys_of(kept: Kept, things: ModuleType, refs: list[str]) -> Keys:
    """The keys of everything that these single reads may open."""
    held: dict[str, bytes] = {}
    for ref in refs:
        held |= (await keys_for(kept, handling_of(things.read), (), {"ref": ref}, create=False))._keys
    return Keys(kept.name, held)


def stored(things: ModuleType) -> Any:
    """The name of the table of the things, whoever may see them."""
    if things is attention:
        return "attention"
    kind = things.__name__.split(".")[-2]
    return things.SHOWN.row.__tablename__ if hasattr(things, "SHOWN") else kind.removesuffix("s")


class Looking:
    """One caller on one connection, asking for things of one kind."""

    def __init__(self, conn: Connection, kept: Kept, keys: Keys, things: ModuleType, who: Caller) -> None:
        self._conn, self._kept, self._keys = conn, kept, keys
        self._things, self._who = things, who

    def _reader(self) -> Reader:
        return Reader(self._conn, self._kept, self._keys, self._who, self._kept.clock())

    def listed(self, **asked: Any) -> dict[str, Any]:
        """The rows of the list by ref; none where there is no such list for the caller."""
        try:
            page = self._things.listing(
                self._reader(), self._who, page=PageAsked(200), asked=self._things.Filters(**asked)
            )
        except HomewardError:
            return {}
        return {item.ref: item.model_dump() for item in page.items}

    def read(self, ref: str) -> dict[str, Any] | None:
        """One thing, or None where it looks as if there were none."""
        try:
            found: dict[str, Any] = self._things.read(self._reader(), self._who, ref=ref).model_dump()
        except HomewardError:
            return None
        return found

    def contradictions(self, refs: list[str], **asked: Any) -> Iterator[tuple[str, object]]:
        """Where the list shows what the single read does not, hides what it does, or says more of it."""
        table = self.listed(**asked)
        for ref in refs:
            read = self.read(ref)
            if (read is None) is (ref in table):
                yield ref, read is not None
            elif read is not None:
                more = {name for name, value in table[ref].items() if value not in (None, read[name])}
                if more:
                    yield ref, more


def needs_a_list(things: ModuleType) -> bool:
    """Whether a list is of one hand-over only."""
    return any(one.name == "handover_ref" for one in fields(things.Filters)) and "lines" in things.__name__
