"""Begins and ends units: `perform` runs a handler in one, `look` runs a query, audits it, and only then answers.

A unit whose link moved, or that lost a race on a key, runs again from its beginning, at most three times. A refusal
leaves an audit entry of its own. A read whose audit entry cannot be stored is not answered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from shared.auth import SYSTEM, Caller
from shared.auth.budget import SHOWN
from shared.erasing.doing import Destroyed, destroy, scrub
from shared.errors import Contended, HomewardError, NotFound, Unavailable
from shared.failpoints import failpoint
from shared.ids import Subject
from shared.journey.attention import give_to_people
from shared.journey.todos import Heard, Todo
from shared.model import Command
from shared.reading import Reader
from shared.runtime import Kept
from shared.sealing import DoesNotOpen, Keys, Undeclared, ticked
from shared.writing import tail
from shared.writing.again import digest_of, key_digest
from shared.writing.asked import Asked, Done, Moved, Replayed
from shared.writing.auditing import entered, named, refused
from shared.writing.handling import Handling, handling_of
from shared.writing.unit import Unit
from shared.writing.within import within

T = TypeVar("T")
TRIES = 3


async def keys_for(
    kept: Kept, declared: Handling, arguments: tuple[Any, ...], path: Mapping[str, object], *, create: bool
) -> Keys:
    """Obtain the keys of the subjects a handler declared, before anything begins."""
    since = ticked()
    subjects: Iterable[str] = ()
    if declared.subjects is not None:
        find = declared.subjects
        subjects = await kept.database.read(lambda connection: list(find(_peek(kept, connection), *arguments, **path)))
    return Keys(kept.name, await kept.key_store.obtain(kept.name, subjects, create=create), since)


def _peek(kept: Kept, connection: Connection) -> Reader:
    return Reader(connection, kept, Keys(kept.name, {}), SYSTEM, kept.clock())


async def perform(
    kept: Kept, asked: Asked, caller: Caller, handler: Callable[..., Any], command: Command | None, **path: object
) -> Done:
    """Run one handler as one unit. Raises what the handler refuses with."""
    declared = handling_of(handler)
    digest, key = digest_of(kept.secret, command, path), key_digest(kept.secret, asked.key)
    asked = replace(asked, operation=declared.action, digest=digest, key=key)
    about = named(declared.action, kept.name, path)
    try:
        return await _attempts(kept, asked, caller, handler, command, path, about)
    except HomewardError as refusal:
        await refused(kept, caller, declared.action, refusal, about, asked.request_id)
        raise


async def _attempts(
    kept: Kept,
    asked: Asked,
    caller: Caller,
    handler: Callable[..., Any],
    command: Command | None,
    path: Mapping[str, object],
    about: set[str],
) -> Done:
    """`about` takes in whom a unit came upon that was refused."""
    kept.standing.refuse()
    for left in reversed(range(TRIES)):
        keys = await keys_for(kept, handling_of(handler), (command,), path, create=True)
        try:
            done = await kept.database.write(partial(_begun, kept, keys, caller, asked, command, handler, path, about))
        except (Moved, Contended, IntegrityError):
            continue
        except DoesNotOpen:
            # A key may have been replaced since it was obtained.
            if not left:
                raise
            continue
        failpoint("unit.after_commit")
        if done.positions:
            _wake(kept)
        return done
    raise Unavailable("busy")


def _wake(kept: Kept) -> None:
    """There is something to publish, and perhaps something to do."""
    kept.wake.set()
    kept.todo_wake.set()


def _begun(
    kept: Kept,
    keys: Keys,
    caller: Caller,
    asked: Asked,
    command: Command | None,
    handler: Callable[..., Any],
    path: Mapping[str, object],
    about: set[str],
    connection: Connection,
) -> Done:
    unit = Unit(connection, kept, keys, caller, kept.clock(), asked, command)
    try:
        return _one_unit(unit, handler, path)
    except HomewardError:
        about |= tail.about(unit)
        raise


def _one_unit(unit: Unit, handler: Callable[..., Any], path: Mapping[str, object]) -> Done:
    try:
        lines = _handled(unit, handler, path)
    except Replayed as replay:
        tail.audit(unit, "replayed")
        return tail.replayed(unit, replay, handler)
    _refuse_old_keys(unit)
    if unit.asked.key is not None and not unit.versions:
        raise AssertionError("a handler that never locks cannot be repeated safely")
    if unit.told and handling_of(handler).creates and not unit.looked_for_same:
        raise AssertionError("a command that creates must ask whether its ref is known")
    done = tail.finish(unit, lines, handler)
    failpoint("unit.before_commit")
    return done


def _handled(unit: Unit, handler: Callable[..., Any], path: Mapping[str, object]) -> Any:
    """What the handler answers. Whoever ended their own part by this very request, and repeats it, is answered too.

    A weak line loses answers: the interviewer who ends an interview would otherwise be told that it is not there.
    Whoever left the organisation is not: what became of a thing since is none of their business.
    """
    try:
        return handler(unit, unit.caller, unit.command, **path)
    except NotFound:
        if not unit.versions and not unit.leaving(unit.caller).away:
            unit.replay()
        raise


def _refuse_old_keys(unit: Unit) -> None:
    """Asked at the end, when the transaction has surely begun: whoever takes a key away looks for such."""
    if not unit.keys.fresh:
        raise Moved()


async def carry_out(kept: Kept, todo: Todo) -> None:
    """Carry out a to-do, as part of the trace of the fact it answers to."""
    kept.standing.refuse()
    heard = todo.heard if todo.due_at is None else None
    with kept.tracing.doing(todo.reaction, heard.traceparent if heard else None) as span:
        await _carry_out(kept, todo, heard, span.traceparent)


async def _carry_out(kept: Kept, todo: Todo, heard: Heard[Any] | None, traceparent: str | None) -> None:
    """Run a reaction or a deadline as the system, in a unit of its own that deletes its to-do as well."""
    asked = Asked(
        request_id=todo.request_id,
        operation=f"{kept.name}.{todo.reaction}",
        causation=heard.cause if heard else None,
        traceparent=traceparent,
    )
    moment = heard.effective if heard else kept.clock()
    subjects = await kept.database.read(lambda connection: kept.reactions.opens(todo, _peek(kept, connection)))
    since = ticked()
    keys = Keys(kept.name, await kept.key_store.obtain(kept.name, subjects, create=False, renew=True), since)

    forgotten = await _forgotten(kept, todo, heard)

    def work(connection: Connection) -> bool:
        return _react(Unit(connection, kept, keys, SYSTEM, kept.clock(), asked, moment=moment), todo, *forgotten)

    told = await kept.database.write(work)
    if forgotten:
        await scrub(kept.database)
    failpoint("todo.after_commit")
    if told:
        _wake(kept)


async def _forgotten(kept: Kept, todo: Todo, heard: Heard[Any] | None) -> tuple[Destroyed, ...]:
    """The keys that a to-do destroys before its unit begins, where it forgets somebody."""
    forgets = kept.reactions.forgets(todo)
    if forgets is None or heard is None:
        return ()
    named = await kept.database.read(lambda connection: list(forgets(_peek(kept, connection), heard)))
    return (await destroy(kept, heard.data.erasure_ref, named),)


def _react(unit: Unit, todo: Todo, *more: Destroyed) -> bool:
    """Whether the reaction told anything. Whoever comes second, from another replica, finds its row gone."""
    connection, ledger = unit.connection, unit.kept.ledger
    here = ledger.todo.c.id == todo.id
    if connection.execute(select(ledger.todo.c.id).where(here).with_for_update()).first() is None:
        return False
    wanted = unit.kept.reactions.bind(todo, *more)(unit)
    _refuse_old_keys(unit)
    tail.finish(unit, None)
    connection.execute(delete(ledger.todo).where(here))
    if wanted is not None:
        give_to_people(connection, ledger, unit.kept.secret, todo, wanted.code, unit.now)
    failpoint("todo.before_commit")
    return bool(unit.told)


async def look(kept: Kept, request_id: str, caller: Caller, query: Callable[..., T], **arguments: object) -> T:
    """Run one query: load and redact, then audit, then answer. Without a stored audit entry there is no answer."""
    declared = handling_of(query)
    about = named(declared.action, kept.name, arguments)
    try:
        answer, reader = await _queried(kept, caller, query, arguments, about)
        subjects = sorted({subject for _, subject in reader.noted if subject} | _shown(answer, declared.action))
        about |= set(subjects)
        await within(kept.budget, kept, caller, subjects, reader.now)
    except HomewardError as refusal:
        await refused(kept, caller, declared.action, refusal, about, request_id)
        raise
    await entered(kept, _entries(reader, declared, request_id, subjects))
    return answer


def _entries(reader: Reader, declared: Handling, request_id: str, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """What the audit says of a read: one entry for all of it or one for each row, and one of what was left out."""
    entry = partial(tail.entry, reader.now, reader.caller, declared.action, request_id=request_id)
    classes = sorted(reader.opened)
    each = [[subject] for subject in subjects] if declared.by_row else [subjects]
    shown = [entry(SHOWN, subjects=some, classes=classes) for some in each]
    return [*shown, entry(NotFound.code, subjects=reader.left_out, classes=())] if reader.left_out else shown


async def _queried(
    kept: Kept, caller: Caller, query: Callable[..., T], arguments: Mapping[str, object], about: set[str]
) -> tuple[T, Reader]:
    """What a query answers. Until it opens something it has no keys: a refusal costs no more than what is missing.

    `about` takes in whom a query came upon that was refused.
    """
    declared = handling_of(query)

    def work(connection: Connection, keys: Keys) -> tuple[T, Reader]:
        reader = Reader(connection, kept, keys, caller, kept.clock())
        try:
            return query(reader, caller, **arguments), reader
        except HomewardError:
            about.update(subject for _, subject in reader.noted if subject)
            raise

    def first(connection: Connection) -> tuple[T, Reader] | list[str]:
        try:
            return work(connection, Keys(kept.name, {}))
        except Undeclared:
            if declared.subjects is None:
                raise
            return list(declared.subjects(_peek(kept, connection), **arguments))

    found = await kept.database.read(first)
    if isinstance(found, tuple):
        return found
    for _ in range(2):
        keys = Keys(kept.name, await kept.key_store.obtain(kept.name, found, create=False))
        try:
            return await kept.database.read(partial(work, keys=keys))
        except DoesNotOpen as moved:
            # A key may have been replaced since it was obtained.
            unopened = moved
    raise unopened


def _shown(answer: object, action: str) -> set[str]:
    """What the rows of a list are about: every row of a list is in the audit. `intake.case.list` is one of cases."""
    items = getattr(answer, "items", None)
    if not isinstance(items, (list, tuple)):
        return set()
    kind = action.split(".")[-2]
    return {_subject(item, kind) for item in items if hasattr(item, "ref") or hasattr(item, "case_ref")}


def _subject(item: object, kind: str) -> str:
    case_ref = getattr(item, "case_ref", None)
    return Subject("case", case_ref) if case_ref else Subject(kind, getattr(item, "ref", ""))
