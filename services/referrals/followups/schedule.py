"""When to visit somebody after the return home: due days and the windows around them.

Days are counted from the day of the return at the border (UTC+7), as dates. No clock, and no change of
one, moves a due day. The numbers are a choice, not law.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Step:
    """A visit so many months and days after the return, and how many days early or late it still is on time."""

    months: int
    days: int
    window: int


@dataclass(frozen=True)
class Visit:
    """A visit that is due on a day, and on time from `opens` to `closes`."""

    due_on: date
    opens: date
    closes: date


EVERYBODY = (Step(1, 0, 7), Step(3, 0, 14), Step(6, 0, 30), Step(12, 0, 30), Step(24, 0, 30))
"""Months 1, 3, 6, 12 and 24."""

CLOSER = (Step(0, 14, 7), Step(2, 0, 14))
"""Two weeks and month 2 as well: for children, and where the risk is high."""

MISSES_BEFORE_TRACING = 2
"""So many misses in a row ask for somebody to look for the home."""


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of the month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def visits(returned_on: date, *, child: bool, high_risk: bool) -> tuple[Visit, ...]:
    """The visits due after a return on that day, in order."""
    steps = (*EVERYBODY, *(CLOSER if child or high_risk else ()))
    return tuple(sorted((_visit(returned_on, step) for step in steps), key=lambda visit: visit.due_on))


def asks_for_tracing(misses_in_a_row: int) -> bool:
    """Was the person missed so often that somebody has to look for the home?"""
    return misses_in_a_row >= MISSES_BEFORE_TRACING


def _visit(returned_on: date, step: Step) -> Visit:
    due_on = months_after(returned_on, step.months) + timedelta(days=step.days)
    window = timedelta(days=step.window)
    return Visit(due_on, max(due_on - window, returned_on), due_on + window)
