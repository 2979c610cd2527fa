"""Checks that everything the product needs is there: the key file, each store and its revision, the bus."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.operating.doing import carry_out
from services.operating.office import NoData, Trouble
from services.operating.work import Order
from shared import stores
from shared.sealing.keyfile import UnsafeKeyFile, master_key
from shared.settings import Settings
from shared.storage.revisions import UnknownRevision


@dataclass(frozen=True)
class Point:
    """One thing that was looked at. `ok` is None for what is made at the first start."""

    what: str
    ok: bool | None
    says: str


def look(settings: Settings) -> list[Point]:
    """Every point, the bad ones too. The first store that is not as it should be ends the look at the others."""
    return [_key(settings), *_stores(settings)]


def _key(settings: Settings) -> Point:
    path = stores.key_file(settings)
    if not path.exists() and not stores.on_postgres(settings):
        return Point("key file", None, "is made at the first start")
    try:
        master_key(path)
    except (UnsafeKeyFile, OSError) as error:
        return Point("key file", False, str(error) if isinstance(error, UnsafeKeyFile) else type(error).__name__)
    return Point("key file", True, f"{path}, open to its owner only")


def _stores(settings: Settings) -> list[Point]:
    try:
        found = asyncio.run(carry_out(settings, "check", Order(), lambda *_: None))
    except NoData as nothing_yet:
        return [Point("stores", None, str(nothing_yet))]
    except (Trouble, UnknownRevision) as trouble:
        return [Point("stores", False, str(trouble))]
    points = [Point(f"store of {name}", True, f"at revision {at}") for name, at in found["stores"].items()]
    return [
        *points,
        *_went_back(found["stores"]),
        Point("bus", found["bus"], "answers" if found["bus"] else "cannot be reached"),
    ]


def _went_back(known: dict[str, dict[str, Any]]) -> Iterator[Point]:
    """Stores that are older than what they told, and who says so."""
    for source in sorted({source for store in known.values() for source in store["conflicts"]}):
        who = {name: store["conflicts"][source] for name, store in known.items() if source in store["conflicts"]}
        says = ", ".join(f"{name} knows of {count}" for name, count in who.items())
        yield Point(f"past of {source}", False, f"its store is older than what it told: {says} of its facts otherwise")
