"""Checks that everything the product needs is there: the key file, each store and its revision, the bus."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.operating.doing import carry_out
from services.operating.office import NoData, Trouble
from services.operating.orders import Order
from shared import stores
from shared.contracts.catalogue import PRODUCERS
from shared.erasing.ledger import BrokenLedger, ErasureLedger
from shared.sealing.at_hand import key_files
from shared.sealing.keyfile import NoKeys
from shared.sealing.wrapping import AWAY, KeyServiceAway
from shared.settings import Settings
from shared.storage import damage
from shared.storage.once import NOT_REACHED
from shared.storage.revisions import UnknownRevision
from shared.wires import in_clear


@dataclass(frozen=True)
class Point:
    """One thing that was looked at. `ok` is None for what is made at the first start."""

    what: str
    ok: bool | None
    says: str


def look(settings: Settings) -> list[Point]:
    """Every point, the bad ones too. The first store that is not as it should be ends the look at the others.

    Nothing is opened for work while a file is damaged.
    """
    return _files(settings) or [*_wires(settings), _key(settings), _ledger(settings), *_stores(settings)]


def _wires(settings: Settings) -> list[Point]:
    if not stores.on_postgres(settings) and not settings.kafka_brokers:
        return []
    open_ones = [Point("connections", False, why) for why in in_clear(settings)]
    return open_ones or [Point("connections", True, "leave this machine by TLS only, or not at all")]


def _key(settings: Settings) -> Point:
    paths = dict.fromkeys(map(str, key_files(settings).values()))
    try:
        if not stores.look_at_keys(settings, PRODUCERS):
            return Point("key file", None, "is made at the first start")
    except NoKeys as error:
        return Point("key file", False, str(error))
    except KeyServiceAway:
        return Point("key service", False, AWAY)
    except NOT_REACHED as error:
        return Point("key file", False, f"the store of keys cannot be reached or read ({type(error).__name__})")
    if not paths:
        return Point("key service", True, f"{settings.key_service} opens the keys of these stores")
    only = "open to its owner only, opens" if len(paths) == 1 else "open to their owner only, open"
    return Point("key file", True, f"{', '.join(paths)}, {only} the keys of these stores")


def _ledger(settings: Settings) -> Point:
    """Whether somebody could be forgotten, and a restore would know who was."""
    path, what = stores.erasures_of(settings), "ledger of erasures"
    try:
        lines = ErasureLedger(path).lines()
    except FileNotFoundError:
        return Point(what, None, f"{path} is made at the first start")
    except (BrokenLedger, OSError) as error:
        return Point(what, False, f"{path}: {error}")
    writable = os.access(path, os.W_OK)
    return Point(what, writable, f"{path} has {len(lines)} line(s)" + ("" if writable else ", and cannot be written"))


def _stores(settings: Settings) -> list[Point]:
    try:
        found = asyncio.run(carry_out(settings, "check", Order(), lambda *_: None))
    except NoData as nothing_yet:
        return [Point("stores", None, str(nothing_yet))]
    except (Trouble, UnknownRevision) as trouble:
        return [Point("stores", False, str(trouble))]
    points = [Point(f"store of {name}", True, f"at revision {at}") for name, at in found["stores"].items()]
    points += _went_back(found["stores"])
    points += _lost(found["stores"])
    points.append(Point("bus", found["bus"], "answers" if found["bus"] else "cannot be reached"))
    return [*points, *(Point("topic", False, fault) for fault in found["topic"])]


def _lost(known: dict[str, dict[str, Any]]) -> Iterator[Point]:
    """What people have still to look at after a store was put back. The product is well meanwhile."""
    for name, store in known.items():
        if store["lost"]:
            yield Point(f"facts lost to {name}", None, f"{store['lost']} stream(s) wait for people: `homeward lost`")


def _files(settings: Settings) -> list[Point]:
    """Each file of the data folder, read to its end; a product that is at work on them is not disturbed."""
    points = []
    for path in damage.files(settings.data_dir):
        try:
            damage.refuse_damaged(path)
        except damage.DamagedFile as damaged:
            points.append(Point(f"file {path.name}", False, str(damaged)))
    return points


def _went_back(known: dict[str, dict[str, Any]]) -> Iterator[Point]:
    """Stores that are older than what they told, and who says so."""
    for source in sorted({source for store in known.values() for source in store["conflicts"]}):
        who = {name: store["conflicts"][source] for name, store in known.items() if source in store["conflicts"]}
        says = ", ".join(f"{name} knows of {count}" for name, count in who.items())
        yield Point(f"past of {source}", False, f"its store is older than what it told: {says} of its facts otherwise")
