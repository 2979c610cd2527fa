"""The clock, and the two times of everything: the moment it was recorded, and the day it was true where it happened."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

Clock = Callable[[], datetime]

LOCAL = timezone(timedelta(hours=7))
"""Both countries keep UTC+7 the whole year; neither has summer time."""


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment outside the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An instant given by a client, kept in UTC."""


def system_clock() -> datetime:
    """Now, in UTC, to the millisecond: what the wire carries is what the database holds."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def local_day(moment: datetime) -> date:
    """The calendar day at the border at that moment. Never cut a day out of a UTC instant."""
    return moment.astimezone(LOCAL).date()


def day_begins(day: date) -> datetime:
    """The moment at which a day begins at the border."""
    return datetime.combine(day, time(), LOCAL)


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


def working_day_after(day: date, days: int) -> date:
    """The day so many working days later. Saturdays and Sundays are none; holidays of either country count."""
    while days > 0:
        day = next_day(day)
        days -= day.isoweekday() <= 5
    return day


def earlier(one: date | None, other: date | None) -> date | None:
    """Of two ends, the one that comes first. None is an end that never comes."""
    return min((day for day in (one, other) if day is not None), default=None)


def wire(moment: datetime) -> str:
    """RFC 3339 in UTC with Z and milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
