"""How long somebody was held before they came home.

The surprise: days are counted only where both ends are known. A missing day makes the whole unknown, and it is shown as
unknown, never as nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import model_validator

from shared.codes import CodeOf
from shared.codes.places import Province
from shared.model import C1, Given


class Detention(Given):
    """One period of being held. Whatever is not known stays empty."""

    place: C1[Annotated[str, CodeOf("detention_place")]] = "UNKNOWN"
    province: C1[Province | None] = None
    authority: C1[Annotated[str, CodeOf("organisation_kind")] | None] = None
    began_on: C1[date | None] = None
    ended_on: C1[date | None] = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> "Detention":
        if self.began_on and self.ended_on and self.ended_on < self.began_on:
            raise ValueError("ends before it began")
        return self


@dataclass(frozen=True)
class DetentionDays:
    """Days known to have been spent in detention, and whether that is all of them."""

    known: int
    complete: bool

    @property
    def total(self) -> int | None:
        """The days in detention; None where they are not known."""
        return self.known if self.complete else None


def days_detained(periods: Iterable[Detention]) -> DetentionDays:
    """Every calendar day touched counts once, the first and the last included. Nothing recorded is not known."""
    told = tuple(periods)
    whole = [(period.began_on, period.ended_on) for period in told if period.began_on and period.ended_on]
    days = {day for began, ended in whole for day in range(began.toordinal(), ended.toordinal() + 1)}
    return DetentionDays(len(days), bool(told) and len(whole) == len(told))
