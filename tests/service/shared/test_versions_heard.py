"""What was told in a version of long ago is heard, folded again and shown; what is newer waits until it is known."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from shared.bus.rebuild import refold
from shared.events.envelope import Envelope
from shared.journey import Journey
from shared.journey.timeline import JourneyRead, view
from shared.journey.views import fold, load, save
from shared.runtime import Kept
from tests.support.listening import Listener
from tests.support.tale import CASE, Counted, tale, told
from tests.support.weighing import (
    JOURNEY,
    THREE,
    VERSIONS,
    GrantedByHand,
    Weighed,
    knowing,
    weighed,
)

SUBJECT = f"case/{CASE}"
OTHER = "d" * 32


@pytest.fixture(autouse=True)
def hears(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener has a step for the version of today."""
    steps: Any = listener.kept.journey.facets["intake"].steps
    monkeypatch.setitem(steps, Weighed, weighed)


async def read(listener: Listener, journey: Journey = JOURNEY) -> JourneyRead:
    ledger = listener.kept.ledger
    return await listener.kept.database.read(lambda conn: view(conn, ledger, journey, CASE))


def move(conn: Connection, kept: Kept, own: Envelope) -> None:
    """The own facet moves with the write."""
    save(conn, kept.ledger, fold(kept.journey, load(conn, kept.ledger, kept.journey, [own.stream]), [own]))


async def test_old_facts_are_heard_and_folded_again_for_ever(listener: Listener) -> None:
    with knowing(*VERSIONS):
        await listener.hear(*THREE)
        kept, ledger, own = listener.kept, listener.kept.ledger, told(GrantedByHand(case_ref=CASE), 1)
        names = ("event_id", "subject", "version", "type", "effective", "recorded", "correlation", "data")
        row = {name: getattr(own, name) for name in names}
        await kept.database.write(lambda conn: conn.execute(insert(ledger.journal), row))
        await kept.database.write(lambda conn: move(conn, kept, own))
        assert await listener.numbers() == [2000, 750, -30]
        live = await listener.view()

        await kept.database.write(lambda conn: conn.execute(ledger.facet.delete()))
        assert (await refold(kept.database, ledger, kept.journey)).subjects == 1
        assert await listener.view() == live
        assert (await read(listener)).stage == "granted"


async def test_the_timeline_shows_what_was_told_as_it_was_told(listener: Listener) -> None:
    counted = told(Counted(case_ref=CASE, number=1), 4)
    with knowing(*VERSIONS):
        await listener.hear(*THREE, counted)
        types = [version.type for version in VERSIONS]
        assert [entry.type for entry in (await read(listener)).timeline] == [*types, Counted.type]
        deaf = replace(JOURNEY, ignores=JOURNEY.ignores | {Weighed})
        shown = await read(listener, deaf)
        assert [entry.type for entry in shown.timeline] == [Counted.type], "deaf to a fact, deaf to what it was before"


async def test_a_version_not_known_yet_waits_and_is_heard_after_the_upgrade(listener: Listener) -> None:
    one, _, three = tale(3)
    newer = told(Weighed(case_ref=CASE, grams=30, dry=False), 2)
    with knowing():
        await listener.hear(one, newer, three, *tale(2, case=OTHER))
        heard = await listener.rows(listener.kept.ledger.heard)
        waits = [(row["version"], row["status"], row["why"]) for row in heard if row["subject"] == SUBJECT]
        assert waits == [(1, "applied", None), (2, "parked", "unknown_type"), (3, "parked", "behind")]
        assert await listener.numbers(f"case/{OTHER}") == [1, 2]
        assert await listener.consumer.redrive(SUBJECT) == 0
    with knowing(*VERSIONS):
        assert await listener.consumer.redrive(SUBJECT) == 2
        assert await listener.numbers() == [1, -30, 3]
        assert await listener.statuses() == {1: "applied", 2: "applied", 3: "applied"}
