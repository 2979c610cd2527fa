"""The orders that an operator can give, by name. Answers are plain data, the same through the door as directly.

Nothing private is in any of them: refs, versions, codes, counts and times.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from functools import partial

from sqlalchemy import Connection, insert

from services.operating.beginning import begin_directory
from services.operating.key_work import check_keys, export_keys, replace_keys, rotate_keys
from services.operating.office import Office, Trouble
from services.operating.orders import Answer, Order, Tell, heeding
from services.operating.removal import dismiss, set_aside, skip
from services.operating.store_work import adopt, check, lost
from services.operating.why import came_of
from shared.auth import Caller
from shared.bus import lag as lags
from shared.bus import parked as waiting
from shared.bus import rebuild as views
from shared.bus import refeed as feeding
from shared.bus.consumer import Consuming
from shared.bus.verdict import Kind, Verdict
from shared.bus.verify import verify as compare
from shared.clock import wire
from shared.errors import HomewardError
from shared.writing import tail

log = logging.getLogger(__name__)


async def lag(office: Office, order: Order, tell: Tell) -> Answer:
    """How far each service is behind; what each published, and how much of it each has in its view."""
    told = {kept.name: (await lags.reach(kept)).get(kept.name, 0) for kept in office.stores}
    return {"told": told, "services": {kept.name: await _lag(office, kept, told) for kept in office.of(order.services)}}


async def _lag(office: Office, kept: Consuming, told: Mapping[str, int]) -> Answer:
    found, reached = await lags.lag(kept), await lags.reach(kept)
    unheard = await lags.unheard(office.bus, found.positions) if office.bus_answers else None
    heard = {source: reached.get(source, 0) for source in told if source != kept.name}
    return {**asdict(found), "unheard": unheard, "heard": heard}


async def parked(office: Office, order: Order, tell: Tell) -> Answer:
    """What waits, stream by stream."""
    rows = [(kept.name, row) for kept in office.of(order.services) for row in await waiting.parked(kept)]
    return {"streams": [{"service": name, **asdict(row), "since": wire(row.since)} for name, row in rows]}


async def redrive(office: Office, order: Order, tell: Tell) -> Answer:
    """Retry what waits."""
    return {
        kept.name: asdict(await waiting.redrive(kept, office.bus, order.subject, heeding(tell, kept.name)))
        for kept in office.of(order.services)
    }


async def rebuild(office: Office, order: Order, tell: Tell) -> Answer:
    """Make the views again."""
    return {
        kept.name: asdict(await views.refold(kept.database, kept.ledger, kept.journey, heeding(tell, kept.name)))
        for kept in office.of(order.services)
    }


async def refeed(office: Office, order: Order, tell: Tell) -> Answer:
    """Publish journals again."""
    if not office.bus_answers:
        raise Trouble("The bus does not answer, so nothing can be published.")
    run = wire(office.stores[0].clock())
    wanted = feeding.Wanted(order.subject, order.after, order.since)
    return {
        kept.name: asdict(await feeding.refeed(kept, office.bus, run, wanted, heeding(tell, kept.name)))
        for kept in office.of(order.services)
    }


async def verify(office: Office, order: Order, tell: Tell) -> Answer:
    """Compare journals with views. Always of all services: a view is exact against all that was published."""
    verdict = await compare(office.stores, patience=order.patience, deep=order.deep, progress=heeding(tell, "subjects"))
    names = [kept.name for kept in office.stores]
    return {
        "exact": verdict.exact,
        "views": [_view(verdict, teller, hearer) for hearer in names for teller in names],
        "findings": [{**found._asdict(), "kind": found.kind.value} for found in verdict.findings],
    }


def _view(verdict: Verdict, teller: str, hearer: str) -> Answer:
    told = verdict.told[teller]
    applied = told if teller == hearer else verdict.applied[teller, hearer]
    counts = {kind.value: verdict.found[kind, teller, hearer] for kind in Kind}
    return {"hearer": hearer, "teller": teller, "told": told, "applied": applied, **counts}


async def why(office: Office, order: Order, tell: Tell) -> Answer:
    """What came of one request, in each store."""
    return {kept.name: await came_of(kept, order.request_id) for kept in office.of(order.services)}


async def worked(office: Office, caller: Caller, name: str, order: Order, tell: Tell) -> Answer:
    """Carry out an order and leave an audit entry. Whatever goes wrong is Trouble, and stands in the log."""
    try:
        await _record(office, caller, name, order)
        return await WORKS[name](replace(office, staff=caller.staff_ref), order, tell)
    except HomewardError as error:
        raise Trouble(error.code) from None
    except Trouble:
        raise
    except Exception as error:
        # Its kind alone: what it says may hold what somebody sent.
        log.exception("operator's work failed", extra={"why": name})
        raise Trouble(f"It failed ({type(error).__name__}); the log says where.") from None


async def _record(office: Office, caller: Caller, name: str, order: Order) -> None:
    """With every service that is worked on; but nothing for a look at mere figures."""
    if name in {"check", "lag"}:
        return
    for kept in office.of(order.services):
        subjects = [order.subject] if order.subject else []
        action, asked = f"operating.{name}", f"operating-{name}"
        entry = tail.entry(kept.clock(), caller, action, "begun", subjects=subjects, classes=[], request_id=asked)
        await kept.database.write(partial(Connection.execute, statement=insert(kept.ledger.audit).values(entry)))


WORKS: Mapping[str, Callable[[Office, Order, Tell], Awaitable[Answer]]] = {
    "check": check,
    "lag": lag,
    "parked": parked,
    "redrive": redrive,
    "dismiss": dismiss,
    "skip": skip,
    "set_aside": set_aside,
    "rebuild": rebuild,
    "refeed": refeed,
    "adopt": adopt,
    "lost": lost,
    "verify": verify,
    "check_keys": check_keys,
    "rotate_keys": rotate_keys,
    "replace_keys": replace_keys,
    "export_keys": export_keys,
    "why": why,
    "begin_directory": begin_directory,
}
KEYED = frozenset({"check_keys", "rotate_keys", "replace_keys", "export_keys", "begin_directory"})
"""What needs the keys open."""
