"""What the audit shows is told to people: canaries, refusals, accounts that slept, two organisations, silence."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.hosting.embedded import Embedded
from shared.audit.alerts import Limits, NoCanaries, canaries_in
from shared.audit.witness import FileWitness
from shared.auth import Role
from shared.settings import Settings
from shared.storage.sqlite import SqliteDatabase
from shared.testing import CountedIds, TickingClock, caller, harness_of, ref
from tests.support.answered import ok
from tests.support.audited import Audited, audited
from tests.support.callers import invented
from tests.support.eventually import REST

OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
PRIVACY = caller("maly-privacy", Role.PRIVACY_OFFICER)
CANARY = f"{33:032x}"
STAFF = "a" * 32


@pytest.fixture
async def audit(tmp_path: Path) -> AsyncIterator[Audited]:
    limits = Limits(canaries=frozenset({f"case/{CANARY}"}), refusals=5, same_case=timedelta(minutes=5))
    async with audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "witness", limits=limits) as found:
        await found.sequence()
        yield found


async def told(audit: Audited) -> list[tuple[str, str]]:
    """What people were called to so far: why, and about whom."""
    await audit.sequence()
    table = audit.kept.ledger.attention
    rows = await audit.kept.database.read(lambda conn: conn.execute(select(table).order_by(table.c.id)).all())
    return [(row.reaction, row.subject) for row in rows]


async def test_who_reads_a_canary_is_told_once_an_hour(audit: Audited) -> None:
    await audit.enter(range(10), subjects=["case/" + ref("somebody")], organisation_ref="1" * 32)
    assert await told(audit) == []
    await audit.enter(
        range(2), organisation_ref="1" * 32, subjects=[f"case/{CANARY}"], staff_ref=STAFF, decision="not_found"
    )
    assert await told(audit) == [("canary_read", f"staff/{STAFF}")]
    await audit.enter([1], organisation_ref="1" * 32, subjects=[f"case/{CANARY}"], staff_ref=STAFF)
    assert len(await told(audit)) == 1
    audit.clock.advance(hours=1)
    await audit.enter([1], organisation_ref="1" * 32, subjects=[f"case/{CANARY}"], staff_ref=STAFF)
    assert len(await told(audit)) == 2


async def test_who_is_refused_again_and_again_is_told(audit: Audited) -> None:
    await audit.enter(range(4), staff_ref=STAFF, decision="not_found")
    await audit.enter(range(4), staff_ref="b" * 32, decision="not_found")
    assert await told(audit) == []
    await audit.enter([4], staff_ref=STAFF, decision="wrong_purpose")
    assert await told(audit) == [("many_refusals", f"staff/{STAFF}")]


async def test_whoever_is_unknown_is_no_account_that_could_wake_or_be_refused(audit: Audited) -> None:
    unknown = {"role": "UNKNOWN", "purpose": "UNKNOWN", "decision": "caller_unknown", "staff_ref": STAFF}
    await audit.enter([1], **unknown)
    audit.clock.advance(days=100)
    await audit.enter(range(10), **unknown)
    assert await told(audit) == []


async def test_refusals_of_a_whole_day_are_none_of_that(audit: Audited) -> None:
    for number in range(12):
        await audit.enter([number], staff_ref=STAFF, decision="not_found")
        audit.clock.advance(minutes=5)
        assert await told(audit) == []


async def test_an_account_that_slept_is_told_when_it_wakes(audit: Audited) -> None:
    await audit.enter([1], staff_ref=STAFF)
    assert await told(audit) == []
    audit.clock.advance(days=89)
    await audit.enter([2], staff_ref=STAFF)
    assert await told(audit) == []
    audit.clock.advance(days=91)
    audit.sequencer.alerts.forget()
    await audit.enter([3], staff_ref=STAFF)
    await audit.enter([4], staff_ref="b" * 32)
    assert await told(audit) == [("dormant_account_active", f"staff/{STAFF}")]
    await audit.enter([5], staff_ref=STAFF)
    assert len(await told(audit)) == 1


async def test_two_organisations_at_the_same_case_within_minutes_are_told(audit: Audited) -> None:
    case = {"subjects": ["case/" + ref("somebody")]}
    await audit.enter([1], organisation_ref="1" * 32, **case)
    await audit.enter([2], organisation_ref="2" * 32, classes=["C0"], **case)
    audit.clock.advance(minutes=6)
    await audit.enter([3], organisation_ref="2" * 32, **case)
    assert await told(audit) == []
    await audit.enter([4], organisation_ref="1" * 32, **case)
    assert await told(audit) == [("case_seen_by_two_organisations", case["subjects"][0])]


async def test_a_witness_that_takes_nothing_is_told_of_once_an_hour_and_catches_up(
    audit: Audited, tmp_path: Path
) -> None:
    audit.sequencer.checkpoints.witness = FileWitness(tmp_path / "nowhere" / "witness")
    await audit.enter([1])
    await audit.sequence()
    assert audit.sequencer.checkpoints.refused
    assert await told(audit) == []
    for _ in range(2):
        audit.clock.advance(minutes=11)
        assert [kind for kind, _ in await told(audit)] == ["witness_silent"]
    audit.sequencer.checkpoints.witness = FileWitness(audit.witness)
    await audit.enter([2])
    await audit.sequence()
    assert audit.sequencer.checkpoints.refused == ""
    assert ((await audit.verdict()).findings, (await audit.verdict()).uncovered) == ([], 0)


async def test_entries_from_before_there_was_a_tree_call_nobody(tmp_path: Path) -> None:
    limits = Limits(canaries=frozenset({f"case/{CANARY}"}))
    async with audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "witness", limits=limits) as audit:
        await audit.enter([33], subjects=[f"case/{CANARY}"])
        audit.clock.advance(days=400)
        assert await told(audit) == []


@pytest.mark.parametrize("content", ["Sok Dara", "0" * 31, "case/" + "0" * 32])
def test_a_file_of_canaries_holds_refs_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "canaries"
    path.write_text(content, "utf-8")
    with pytest.raises(NoCanaries):
        canaries_in(path)
    with pytest.raises(NoCanaries):
        canaries_in(tmp_path / "nowhere")


async def test_a_canary_read_is_told_within_ten_seconds(tmp_path: Path) -> None:
    """With the product at work as it is: the read over HTTP, and the list that the privacy officer looks at."""
    (tmp_path / "canaries").write_text(ref("canary"), "utf-8")
    settings, clock = Settings(data_dir=tmp_path / "data", canary_file=tmp_path / "canaries"), TickingClock()
    product = Embedded(settings, clock=clock, draw=CountedIds("canary"), identify=invented)
    world = harness_of(product.apps.values(), product, product.bus, clock, CountedIds("x"))
    async with product.lifespan(), world.client() as client:

        async def asked(path: str, who: str, body: dict[str, Any] | None = None) -> Any:
            headers = {"Authorization": who, "Idempotency-Key": path}
            return ok(await client.request("POST" if body else "GET", path, json=body, headers=headers))

        names = [{"full_name": "Sok Canary", "script": "LATIN", "order": "FAMILY_FIRST"}]
        person = await asked("/intake/v1/persons", OFFICER, {"identity": {"names": names}})
        begun = time.monotonic()
        await asked("/intake/v1/cases", OFFICER, {"ref": ref("canary"), "person_ref": person["ref"], "country": "VN"})
        while not (found := (await asked("/intake/v1/attention", PRIVACY))["items"]):
            assert time.monotonic() - begun < REST
            await asyncio.sleep(0.05)
        assert [(one["kind"], one["code"]) for one in found] == [("canary_read", "canary_read")]
