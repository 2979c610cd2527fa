"""Within which time a request to be forgotten is acknowledged and answered, by the law that held when it was made."""

from datetime import date, timedelta
from typing import NamedTuple

from shared.clock import working_day_after


class Clock(NamedTuple):
    """What holds for requests from a day on."""

    since: date
    acknowledge_working_days: int
    answer_days: int

    def acknowledge_by(self, asked_on: date) -> date:
        """The last day to acknowledge it."""
        return working_day_after(asked_on, self.acknowledge_working_days)

    def answer_by(self, asked_on: date) -> date:
        """The last day to answer it."""
        return asked_on + timedelta(days=self.answer_days)


CLOCKS = (Clock(date.min, 2, 20),)
"""Viet Nam: Law 91/2025/QH15 with Decree 356/2025. Cambodia's draft names no days; its requests have the same."""


def clock_of(asked_on: date) -> Clock:
    """The clock of a request: the last that had begun by then."""
    return max((clock for clock in CLOCKS if clock.since <= asked_on), key=lambda clock: clock.since)
