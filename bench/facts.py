"""Events for a consumer to receive: cases published by intake, many at once, as they arrive from one partition."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from shared.bus.port import Delivered, StartAt
from shared.columns import canonical
from shared.contracts import intake
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.model import Event

AT_ONCE = 400
"""Cases that are told of between each other: a batch of 500 meets about so many streams."""
NOW = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 4)


def ref(*parts: object) -> str:
    """The same ref for the same parts."""
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _life(case: str) -> Iterator[Event]:
    """What intake tells of a case in its first days."""
    house = ref("house", case)
    yield intake.CaseOpened(case_ref=case, organisation_ref=house, country="KH", is_minor=True, opened=DAY)
    yield intake.CaseAssigned(case_ref=case, staff_ref=ref("staff", case), organisation_ref=house, kind="TEAM")
    yield intake.StayAdmitted(case_ref=case, stay_ref=ref("stay", case), organisation_ref=house, day=DAY)
    yield intake.ConsentGranted(case_ref=case, consent_ref=ref("consent", case), purpose=intake.ConsentPurpose.GRANT)
    yield intake.CaseHouseholdChanged(case_ref=case, household_ref=ref("household", case))


def told(many: int, seed: object = "", event_id: str | None = None) -> Iterator[Envelope]:
    """That many facts, each stream in its order."""
    made = 0
    for group in range(many):
        lives = [(case, _life(case)) for case in (ref(seed, group, place) for place in range(AT_ONCE))]
        for version in range(1, 6):
            for case, life in lives:
                if made == many:
                    return
                made += 1
                yield _told(case, version, next(life), event_id)


def _told(case: str, version: int, event: Event, event_id: str | None) -> Envelope:
    return Envelope(
        source="intake",
        subject=f"case/{case}",
        version=version,
        event_id=event_id or ref("event", case, version),
        type=event.type,
        effective=NOW,
        recorded=NOW,
        correlation=ref("request", case, version),
        data=canonical(event),
    )


class Shelf:
    """A bus with one partition that holds what was put there, so that hearing alone is measured."""

    topic = "case-events"

    def __init__(self, facts: Sequence[Envelope], partition: int = 0) -> None:
        self._partition = partition
        self._records = [encode(fact) for fact in facts]
        self._place = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Sequence[Record]) -> None:
        self._records.extend(records)

    async def subscribe(self, group: str, start_at: StartAt) -> Any:
        self._place = await start_at(self._partition)
        return self

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        begin, records = self._place, self._records[self._place : self._place + limit]
        self._place += len(records)
        return [Delivered(self._partition, place, record) for place, record in enumerate(records, begin)]

    async def seek(self, partition: int, offset: int) -> None:
        self._place = offset

    async def close(self) -> None: ...
