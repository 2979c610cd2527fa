"""The two services of the load: real units, reactions and deadlines over two things simple enough to count.

A reaction that runs twice shows as two rows, since nothing here is made idempotent by hand: only the to-do is.
"""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.errors import Refused
from shared.ids import CaseRef
from shared.journey.todos import Heard, Reactions, Todo
from shared.model import Command, Decided, Event, Model
from shared.service import Service
from shared.storage.ledger import Ledger, ledger
from shared.storage.tables import Thing
from shared.writing.handling import Handling
from shared.writing.unit import Unit
from tests.support.load.facts import Answered, Counted, Looked, Refuted, journey

POISONED = "f"
"""Cases whose ref begins so: their tenth fact cannot be digested by the listener."""
SOON = timedelta(seconds=0.5)


class IntakeBase(SQLModel, registry=registry()):
    """Base of the counting service's tables."""

    metadata = MetaData()


class GrantsBase(SQLModel, registry=registry()):
    """Base of the answering service's tables."""

    metadata = MetaData()


LEDGERS: dict[str, Ledger] = {"intake": ledger(IntakeBase.metadata), "grants": ledger(GrantsBase.metadata)}


class Tallied(Model):
    """How far a case was counted."""

    case_ref: CaseRef
    number: int


class TallyRow(Tallied, Thing, IntakeBase, table=True):
    """One case's count."""

    __tablename__ = "load_tally"


class LookRow(Tallied, Thing, IntakeBase, table=True):
    """A deadline that was met."""

    __tablename__ = "load_look"


class AnswerRow(Tallied, Thing, GrantsBase, table=True):
    """A count that was answered."""

    __tablename__ = "load_answer"


class Count(Command):
    """One more on each of these cases, in one unit."""

    cases: tuple[CaseRef, ...]


def count(unit: Unit, caller: Any, command: Count) -> None:
    """Count on; every fourth number plants a deadline."""
    unit.lock(*(f"case/{ref}" for ref in command.cases))
    for ref in sorted(command.cases):
        before = unit.find(TallyRow, Tallied, ref)
        number = before.number + 1 if before else 1
        unit.save(TallyRow, ref, Decided(Tallied(case_ref=ref, number=number), (_fact(ref, number),)))
        if number % 4 == 0:
            unit.later("look", f"case/{ref}", unit.now + SOON, {"number": number})


count.handling = Handling("load.count", if_match=False)  # type: ignore[attr-defined] # what a table of commands would say


def _fact(ref: str, number: int) -> Event:
    kind = Refuted if ref.startswith(POISONED) and number == 10 else Counted
    return kind(case_ref=ref, number=number)


def is_refused(number: int) -> bool:
    """Which counts grants refuses to answer, so that people must look."""
    return number % 10 == 7


def service(name: str, chance: random.Random, *, mended: bool = False) -> Service:
    """One of the two. `chance` lets one answer in fifty fail for no reason, to be tried again."""
    return Service(
        name=name,
        package=f"services.{name}",
        ledger=LEDGERS[name],
        routers=(),
        journey=journey(name, mended=mended),
        reactions=_MADE[name](chance),
        description="of the load",
    )


def _intake(_: random.Random) -> Reactions:
    made = Reactions()

    @made.due("look")
    def look(unit: Unit, todo: Todo) -> None:
        unit.lock(todo.subject)
        _note(unit, LookRow, todo.subject, json.loads(todo.data or "{}")["number"], Looked)

    return made


def _grants(chance: random.Random) -> Reactions:
    made = Reactions()

    @made.on(Counted)
    def answer(unit: Unit, heard: Heard[Counted]) -> None:
        if is_refused(heard.data.number):
            raise Refused("not_today")
        if chance.random() < 0.02:
            raise ZeroDivisionError
        unit.lock(heard.subject)
        _note(unit, AnswerRow, heard.subject, heard.data.number, Answered)

    return made


def _note(unit: Unit, row: type[Any], subject: str, number: int, kind: Callable[..., Event]) -> None:
    ref = subject.partition("/")[2]
    unit.add(row, unit.kept.draw(), Tallied(case_ref=ref, number=number), [kind(case_ref=ref, number=number)])


_MADE: dict[str, Callable[[random.Random], Reactions]] = {"intake": _intake, "grants": _grants}
