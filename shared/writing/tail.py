"""The end of a unit: stream versions, journal, pending, own view, to-dos, audit and idempotency, written together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from shared.auth import Caller, may, offered
from shared.columns import canonical
from shared.errors import Invalid, Unavailable
from shared.events.envelope import Envelope
from shared.journey import blank
from shared.journey.views import Moves, fold, load
from shared.model import Event
from shared.statuses import asking, operations_of
from shared.storage.tables import Row
from shared.writing.again import remembered_for
from shared.writing.asked import Done, Replayed
from shared.writing.commands import Handler
from shared.writing.ending import JOURNAL, Ending, store
from shared.writing.unit import Unit

MAX_EVENT_BYTES = 64_000


def finish(unit: Unit, lines: Any, handler: object = None) -> Done:
    """Write everything that belongs to the change, beside it."""
    told = _versioned(unit)
    thing, ref, version, status = unit.written or (None, None, None, None)
    kept_lines = None if lines is None else [line.model_dump(mode="json") for line in lines]
    positions = {fact.subject: fact.version for fact in told}
    moves = _moves(unit, told)
    ending = Ending(
        versions=[{"subject": subject, "version": reached} for subject, reached in positions.items()],
        journal=[{name: getattr(fact, name) for name in JOURNAL} for fact in told],
        moves=moves,
        todos=_planted(unit, told),
        audit=[_entry(unit, "done")],
        idempotency=[] if unit.asked.key is None else [_remembered(unit, kept_lines)],
    )
    store(unit.connection, unit.kept.ledger, ending)
    if moves.related or moves.unrelated:
        unit.forget_parts()
    return Done(thing, ref, version, status, positions, kept_lines, next=_next(unit, handler, thing, unit.answered))


def _next(unit: Unit, handler: object, thing: str | None, row: Row | None) -> tuple[str, ...]:
    """What the caller may ask next of the thing that the answer is about, if the command is one of its own."""
    if not isinstance(handler, Handler) or row is None or thing != handler.thing:
        return ()
    may_follow = asking(unit.kept.actions, operations_of(handler.statuses, row))
    return offered(unit, unit.caller, may_follow, handler.whose.places(unit, row))


def _versioned(unit: Unit) -> list[Envelope]:
    told = []
    for subject, event in unit.told:
        unit.versions[subject] += 1
        told.append(_told(unit, subject, unit.versions[subject], event))
    return told


def _told(unit: Unit, subject: str, version: int, event: Event) -> Envelope:
    """An event as it will stand in the journal."""
    data = canonical(event)
    if len(data) > MAX_EVENT_BYTES:
        raise Invalid("event_too_large")
    return Envelope(
        source=unit.kept.name,
        subject=subject,
        version=version,
        event_id=unit.kept.draw(),
        type=event.type,
        effective=unit.effective,
        recorded=unit.now,
        correlation=unit.asked.request_id,
        causation=unit.asked.causation,
        traceparent=unit.asked.traceparent,
        data=data,
    )


def _moves(unit: Unit, told: Sequence[Envelope]) -> Moves:
    """How our own view moves. A stream that begins here has no facet yet, so none is looked for.

    Once this store went back, it may have one: of a stream that was lost from its beginning.
    """
    journey, ledger = unit.kept.journey, unit.kept.ledger
    first = {fact.stream: fact.version for fact in reversed(told)}
    begun = 0 if unit.kept.standing.generation.ordinal else 1
    progress = {stream: blank(journey, stream) for stream, version in first.items() if version <= begun}
    known = [stream for stream, version in first.items() if version > begun]
    if known:
        progress |= load(unit.connection, ledger, journey, known)
    return fold(journey, progress, told)


def _planted(unit: Unit, told: Sequence[Envelope]) -> list[dict[str, Any]]:
    rows = [row for fact in told for row in unit.kept.reactions.rows(fact)]
    for reaction, subject, due_at, data in unit.planted:
        cause = f"{subject}|{due_at.isoformat()}|{data}"
        row = {"cause": cause, "reaction": reaction, "subject": subject, "due_at": due_at, "attempts": 0}
        rows.append({**row, "not_before": None, "data": data})
    return rows


def entry(
    at: datetime,
    caller: Caller,
    action: str,
    decision: str,
    *,
    subjects: Sequence[str],
    classes: Sequence[str],
    request_id: str,
) -> dict[str, Any]:
    """One audit entry: who, in which role, why, what, about whom; never a value."""
    return {
        "at": at,
        "staff_ref": caller.staff_ref,
        "organisation_ref": caller.organisation_ref,
        "role": caller.role.value,
        "purpose": caller.purpose.value,
        "action": action,
        "decision": decision,
        "subjects": list(subjects),
        "classes": list(classes),
        "request_id": request_id,
    }


def about(unit: Unit) -> set[str]:
    """Whom a unit came upon: what was asked about, and what it locked."""
    return {subject for _, subject in unit.noted if subject} | set(unit.versions)


def _entry(unit: Unit, decision: str) -> dict[str, Any]:
    subjects = sorted(about(unit))
    return entry(
        unit.now,
        unit.caller,
        unit.asked.operation,
        decision,
        subjects=subjects,
        classes=sorted(unit.opened),
        request_id=unit.asked.request_id,
    )


def audit(unit: Unit, decision: str) -> None:
    """The audit entry of a unit that changed nothing, in that unit."""
    try:
        unit.connection.execute(insert(unit.kept.ledger.audit), _entry(unit, decision))
    except DBAPIError:
        raise Unavailable("store_unavailable") from None


def _remembered(unit: Unit, lines: object) -> dict[str, Any]:
    thing, ref, version, status = unit.written or (None, None, None, None)
    return {
        "caller": remembered_for(unit.caller),
        "operation": unit.asked.operation,
        "key": unit.asked.key,
        "digest": unit.asked.digest,
        "status": 200,
        "thing": thing,
        "ref": ref,
        "lines": lines,
        "version": version,
        "thing_status": status,
        "at": unit.now,
    }


def replayed(unit: Unit, replay: Replayed, handler: object) -> Done:
    """The answer to a repeated request: of today's row where the caller may read it, else what was answered then.

    Whoever ended their own part by the request, or lost it since, is told nothing that they were not told before.
    """
    row = None if replay.thing is None else _answered_about(unit, replay)
    if row is not None and isinstance(handler, Handler) and not _readable(unit, handler, row):
        return Done(replay.thing, replay.ref, replay.version, replay.status, {}, replay.lines, replayed=True)
    version, status = (None, None) if row is None else (row["version"], row.get("status"))
    reached = {subject: version for subject, version in unit.versions.items() if version}
    may_follow = _next(unit, handler, replay.thing, row)
    return Done(replay.thing, replay.ref, version, status, reached, replay.lines, replayed=True, next=may_follow)


def _answered_about(unit: Unit, replay: Replayed) -> Row:
    table = next(t for t in unit.kept.ledger.stream.metadata.tables.values() if t.name == replay.thing)
    return unit.connection.execute(select(table).where(table.c.ref == replay.ref)).mappings().one()


def _readable(unit: Unit, handler: Handler, row: Row) -> bool:
    return may(unit, unit.caller, handler.reading, handler.whose.places(unit, row))
