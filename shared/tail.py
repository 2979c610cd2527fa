"""The end of a unit: stream versions, journal, pending, own view, to-dos, audit, idempotency, in one go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from shared.auth import Caller
from shared.bus.envelope import Told
from shared.journey import fold
from shared.unit import Done, Replayed, Unit, told_of


def finish(unit: Unit, lines: Any) -> Done:
    """Write everything that belongs to the change, beside it."""
    told = _versioned(unit)
    if told:
        _journal(unit, told)
    _plant(unit, told)
    audit(unit, "done")
    thing, ref, version, status = unit.written or (None, None, None, None)
    kept_lines = None if lines is None else [line.model_dump(mode="json") for line in lines]
    if unit.asked.key is not None:
        _remember(unit, thing, ref, kept_lines)
    return Done(thing, ref, version, status, dict(_last(told)), kept_lines)


def _versioned(unit: Unit) -> list[Told]:
    told = []
    for subject, event in unit.told:
        unit.versions[subject] += 1
        told.append(told_of(unit, subject, unit.versions[subject], event))
    return told


def _last(told: Sequence[Told]) -> list[tuple[str, int]]:
    return [(fact.subject, fact.version) for fact in told]


def _journal(unit: Unit, told: Sequence[Told]) -> None:
    ledger = unit.kept.ledger
    for subject, version in dict(_last(told)).items():
        unit.connection.execute(update(ledger.stream).where(ledger.stream.c.subject == subject).values(version=version))
    for fact in told:
        values = {
            "event_id": fact.event_id,
            "subject": fact.subject,
            "version": fact.version,
            "type": fact.type,
            "effective": fact.effective,
            "recorded": fact.recorded,
            "correlation": fact.correlation,
            "causation": fact.causation,
            "traceparent": fact.traceparent,
            "data": fact.data,
        }
        key = unit.connection.execute(insert(ledger.journal).values(**values)).inserted_primary_key
        unit.connection.execute(insert(ledger.pending).values(journal_id=key[0] if key else None))
    for subject in dict(_last(told)):
        own = [fact for fact in told if fact.subject == subject]
        fold(unit.connection, ledger, unit.kept.journey, unit.kept.name, subject, own)


def _plant(unit: Unit, told: Sequence[Told]) -> None:
    todo = unit.kept.ledger.todo
    rows = [row for fact in told for row in unit.kept.reactions.rows(fact)]
    for reaction, subject, due_at, data in unit.planted:
        cause = f"{subject}|{due_at.isoformat()}|{data}"
        known = select(todo.c.id).where(todo.c.cause == cause, todo.c.reaction == reaction)
        if unit.connection.execute(known).first() is None:
            row = {"cause": cause, "reaction": reaction, "subject": subject, "due_at": due_at, "attempts": 0}
            rows.append({**row, "not_before": None, "data": data})
    if rows:
        unit.connection.execute(insert(todo), rows)


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


def audit(unit: Unit, decision: str) -> None:
    """The audit entry of a write, in its own unit."""
    subjects = sorted({subject for _, subject in unit.noted if subject} | set(unit.versions))
    row = entry(
        unit.now,
        unit.caller,
        unit.asked.operation,
        decision,
        subjects=subjects,
        classes=sorted(unit.opened),
        request_id=unit.asked.request_id,
    )
    unit.connection.execute(insert(unit.kept.ledger.audit).values(**row))


def _remember(unit: Unit, thing: str | None, ref: str | None, lines: Any) -> None:
    values = {
        "caller": unit.caller.staff_ref,
        "operation": unit.asked.operation,
        "key": unit.asked.key,
        "digest": unit.asked.digest,
        "status": 200,
        "thing": thing,
        "ref": ref,
        "lines": lines,
        "at": unit.now,
    }
    unit.connection.execute(insert(unit.kept.ledger.idempotency).values(**values))


def replayed(unit: Unit, replay: Replayed) -> Done:
    """The answer to a repeated request, rendered from today's row."""
    version = status = None
    if replay.thing is not None:
        table = next(t for t in unit.kept.ledger.stream.metadata.tables.values() if t.name == replay.thing)
        row = unit.connection.execute(select(table).where(table.c.ref == replay.ref)).mappings().one()
        version, status = row["version"], row.get("status")
    return Done(replay.thing, replay.ref, version, status, {}, replay.lines, replayed=True)
