"""The facts of the load and what each service makes of them.

`intake` counts on cases; `grants` answers each count with a fact of its own, which intake hears in turn. Facets note
whether the numbers came in order, so that an error of the bus shows even where its own bookkeeping is wrong.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

from shared.contracts import catalogue
from shared.contracts.leaves import Count
from shared.ids import CaseRef
from shared.journey import Facet, Facets, Journey
from shared.model import Event, Model


class _Numbered(Event):
    case_ref: CaseRef
    number: Count


class Counted(_Numbered):
    """Intake counted one more."""

    type: ClassVar[str] = "intake.load.counted.v1"


class Refuted(_Numbered):
    """A count that breaks the listener's step."""

    type: ClassVar[str] = "intake.load.refuted.v1"


class Looked(_Numbered):
    """Intake looked again, at a deadline."""

    type: ClassVar[str] = "intake.load.looked.v1"


class Answered(_Numbered):
    """Grants answered a count."""

    type: ClassVar[str] = "grants.load.answered.v1"


EVENTS = (Counted, Refuted, Looked, Answered)


class Tally(Model):
    """How many were counted, the last number, and whether each followed the one before."""

    count: int = 0
    last: int = 0
    in_order: bool = True


class Answers(Model):
    """The same of answers, whose numbers have holes and must only rise."""

    count: int = 0
    last: int = 0
    in_order: bool = True


def counted(facet: Tally, event: Counted | Refuted) -> Tally:
    follows = facet.in_order and event.number == facet.last + 1
    return Tally(count=facet.count + 1, last=event.number, in_order=follows)


def refuted(facet: Tally, event: Refuted) -> Tally:
    raise ZeroDivisionError


def answered(facet: Answers, event: Answered) -> Answers:
    return Answers(count=facet.count + 1, last=event.number, in_order=facet.in_order and event.number > facet.last)


def _stage(facets: Facets) -> str:
    return f"answered_{facets.of(Answers).last}"


def journey(source: str, *, mended: bool = False) -> Journey:
    """What a service makes of the facts. Grants breaks on a refuted one, until it is mended."""
    broken = counted if mended or source == "intake" else refuted
    return Journey(
        source=source,
        facets={
            "intake": Facet(Tally, {Counted: counted, Refuted: broken}),
            "grants": Facet(Answers, {Answered: answered}),
        },
        stage=_stage,
        ignores=frozenset({Looked}),
    )


@contextmanager
def known() -> Iterator[None]:
    """While inside, the facts of the load are the catalogue, wherever it was imported."""
    facts = {event.type: event for event in EVENTS}
    with pytest.MonkeyPatch.context() as patch:
        for module in list(sys.modules.values()):
            if vars(module).get("EVERY") is catalogue.EVERY and module is not catalogue:
                patch.setattr(module, "EVERY", facts)
        yield


def secret_of(service: str) -> bytes:
    """What the processes of the load have for the service's own secret, as long as a real one."""
    return hashlib.sha256(f"secret of {service}".encode()).digest()
