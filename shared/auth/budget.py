"""How many different cases and people one caller is shown within an hour: work asks for a few, a leak asks for all.

Counted from the audit, so that replicas know of each other and a restart forgets nothing. A process remembers what it
has shown and read there, so only what is new to a caller in this hour costs a statement.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from shared.auth.caller import Caller
from shared.errors import TooMany
from shared.storage import Database
from shared.storage.ledger import Ledger

NEVER, HOUR = datetime.fromtimestamp(0, UTC), timedelta(hours=1)
LATE = timedelta(seconds=10)
"""By how much an entry may be stored after the moment that it bears."""
MOST = 1000
"""Callers remembered. Of any other the audit is asked anew."""
COUNTED = ("case/", "person/", "line/")
"""Subjects that are somebody. Each kind has its own bound: whoever receives a group meets each of it thrice."""
SHOWN = "shown"
"""The decision of an audit entry of an answer that left."""


class TooManyCases(TooMany):
    """Somebody is shown more cases than one may see in an hour. Whoever catches it calls people."""

    code = "too_many_cases"

    def __init__(self, *, seconds: float) -> None:
        super().__init__(seconds=seconds, bound="cases")


@dataclass
class _Seen:
    """What a caller was shown, and when last; and up to when the audit was asked."""

    when: dict[str, datetime] = field(default_factory=dict)
    asked: datetime = NEVER

    def knows(self, about: set[str], since: datetime) -> bool:
        return all(subject in self.when and self.when[subject] > since for subject in about)

    def shown(self, subjects: Iterable[str], at: datetime) -> None:
        for subject in subjects:
            self.when[subject] = max(at, self.when.get(subject, at))

    def forget(self, since: datetime) -> None:
        self.when = {subject: at for subject, at in self.when.items() if at > since}


class Budget:
    """What each caller has seen of late, in one service."""

    def __init__(self, per_hour: int = 500) -> None:
        self._bound = per_hour
        self._of: OrderedDict[tuple[str, str], _Seen] = OrderedDict()

    async def spend(
        self, database: Database, ledger: Ledger, caller: Caller, subjects: Iterable[str], now: datetime
    ) -> None:
        """Count what an answer shows. Raises TooManyCases where it would be more than the bound."""
        about = set(_counted(subjects))
        seen = self._seen(caller)
        if not seen.knows(about, now - HOUR):
            since = max(now - HOUR, seen.asked - LATE)
            for at, subjects_of_entry in await database.read(lambda conn: _entries(conn, ledger, caller, since)):
                seen.shown(_counted(subjects_of_entry), at)
            seen.asked = now
            seen.forget(now - HOUR)
            self._refuse(seen, about, now)
        seen.shown(about, now)

    def _refuse(self, seen: _Seen, about: set[str], now: datetime) -> None:
        for kind in COUNTED:
            wanted = {subject for subject in about | seen.when.keys() if subject.startswith(kind)}
            beyond = len(wanted) - self._bound
            if beyond > 0:
                others = sorted(seen.when[subject] for subject in wanted - about)
                free = others[min(beyond, len(others)) - 1] if others else now
                raise TooManyCases(seconds=(free + HOUR - now).total_seconds())

    def _seen(self, caller: Caller) -> _Seen:
        who = caller.staff_ref, caller.organisation_ref
        found = self._of.setdefault(who, _Seen())
        self._of.move_to_end(who)
        while len(self._of) > MOST:
            self._of.popitem(last=False)
        return found


def _counted(subjects: Iterable[str]) -> Iterator[str]:
    return (subject for subject in subjects if subject.startswith(COUNTED))


def _entries(conn: Connection, ledger: Ledger, caller: Caller, since: datetime) -> Iterable[tuple[datetime, list[str]]]:
    asked = {"staff": caller.staff_ref, "organisation": caller.organisation_ref, "since": since}
    return [(row.at, row.subjects) for row in conn.execute(_of_caller(ledger), asked)]


@cache
def _of_caller(ledger: Ledger) -> Select[Any]:
    audit = ledger.audit.c
    return select(audit.at, audit.subjects).where(
        audit.staff_ref == bindparam("staff"),
        audit.organisation_ref == bindparam("organisation"),
        audit.at > bindparam("since"),
        audit.decision == SHOWN,
    )
