"""A fact of the tale that was told in three versions: kilograms, then grams, then grams with how dry the rice was.

Of the first two there are only readers left; what they said goes on being read in the words of the third.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from shared.contracts.leaves import Count
from shared.ids import CaseRef
from shared.journey import Facet
from shared.model import Event
from tests.support.tale import CASE, EVENTS, Granted, Tally, told
from tests.support.tale import JOURNEY as TALE


class Weighed(Event):
    """Rice was weighed, and felt."""

    type: ClassVar[str] = "intake.tale.weighed.v3"
    case_ref: CaseRef
    grams: Count
    dry: bool


class WeighedInGrams(Event):
    """Rice was weighed."""

    type: ClassVar[str] = "intake.tale.weighed.v2"
    becomes = Weighed
    case_ref: CaseRef
    grams: Count

    def upcast(self) -> Weighed:
        """Nobody wrote down how dry it was; only dry rice was taken then."""
        return Weighed(case_ref=self.case_ref, grams=self.grams, dry=True)


class WeighedInKilograms(Event):
    """Rice was weighed, roughly."""

    type: ClassVar[str] = "intake.tale.weighed.v1"
    becomes = WeighedInGrams
    case_ref: CaseRef
    kilograms: Count

    def upcast(self) -> WeighedInGrams:
        """A kilogram is a thousand grams."""
        return WeighedInGrams(case_ref=self.case_ref, grams=1000 * self.kilograms)


class GrantedByHand(Event):
    """What the listener itself used to tell."""

    type: ClassVar[str] = "grants.tale.granted_by_hand.v1"
    becomes = Granted
    case_ref: CaseRef

    def upcast(self) -> Granted:
        """A grant is a grant."""
        return Granted(case_ref=self.case_ref)


VERSIONS: tuple[type[Event], ...] = (WeighedInKilograms, WeighedInGrams, Weighed)
THREE = (
    told(WeighedInKilograms(case_ref=CASE, kilograms=2), 1),
    told(WeighedInGrams(case_ref=CASE, grams=750), 2),
    told(Weighed(case_ref=CASE, grams=30, dry=False), 3),
)
IN_TODAYS_WORDS = [
    Weighed(case_ref=CASE, grams=2000, dry=True),
    Weighed(case_ref=CASE, grams=750, dry=True),
    Weighed(case_ref=CASE, grams=30, dry=False),
]


def weighed(facet: Tally, event: Weighed) -> Tally:
    return facet.but(numbers=(*facet.numbers, event.grams if event.dry else -event.grams))


_INTAKE = TALE.facets["intake"]
JOURNEY = replace(TALE, facets={**TALE.facets, "intake": Facet(_INTAKE.model, {**_INTAKE.steps, Weighed: weighed})})
"""The listener of the tale, who knows only the words of today."""


@contextmanager
def knowing(*versions: type[Event]) -> Iterator[None]:
    """A product of that time: it knows the facts of the tale and these."""
    known: tuple[type[Event], ...] = (*EVENTS, GrantedByHand, *versions)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("shared.events.envelope", "shared.journey.timeline"):
            patch.setattr(f"{module}.EVERY", {event.type: event for event in known})
        yield
