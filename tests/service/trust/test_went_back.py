"""What a caller meets at a service whose store went back in time, and at one that goes on in a new generation."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert

from shared.auth import Role
from shared.journey import positions
from shared.runtime import Kept
from shared.testing import Harness, caller, ref
from tests.conftest import Start

OFFICER = caller("sok", Role.INTAKE_OFFICER)
PERSONS = "/intake/v1/persons"
PERSON = {"sex": "FEMALE", "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]}}
NOW = datetime(2026, 11, 4, tzinfo=UTC)


async def stored(intake: Harness, table: str, **values: object) -> None:
    """Store a row as another replica might have, and look as every replica does each second."""
    kept: Kept = intake.running["intake"].kept
    found = getattr(kept.ledger, table)

    def work(conn: Connection) -> None:
        conn.execute(insert(found).values(**values))

    await kept.database.write(work)
    await kept.standing.refresh(kept.database, kept.ledger)


async def conflict(intake: Harness) -> None:
    place = {"source": "intake", "generation": "", "subject": f"person/{ref('p')}", "version": 2, "event_id": ref("e")}
    await stored(intake, "conflict", **place, raw=b"{}", headers={}, heard_at=NOW)


async def test_nothing_can_be_written_and_all_be_read_where_the_store_went_back(start: Start) -> None:
    intake = await start("intake")
    made = await intake.post(PERSONS, OFFICER, PERSON)
    await conflict(intake)
    refused = await intake.post(PERSONS, OFFICER, PERSON)
    assert (refused.status_code, refused.json()["code"]) == (503, "store_went_back")
    assert "older than what this service has already told" in refused.json()["title"]
    assert (await intake.get(f"{PERSONS}/{made.json()['ref']}", OFFICER)).status_code == 200
    assert len(await intake.rows("intake", "person")) == 1
    async with intake.client() as client:
        measured = (await client.get("/intake/metrics")).text
    assert 'homeward_conflicting_records{service="intake",source="intake"} 1.0' in measured


async def test_a_version_of_an_older_generation_is_stale(start: Start) -> None:
    intake = await start("intake")
    made = await intake.post(PERSONS, OFFICER, PERSON)
    await stored(intake, "generation", ordinal=1, tag="0123456789abcdef", at=NOW, told_at=NOW)
    path = f"{PERSONS}/{made.json()['ref']}"
    read = await intake.get(path, OFFICER)
    assert (made.headers["etag"], read.headers["etag"]) == ('"1"', '"1.1"')
    statuses = {}
    for number, etag in enumerate(('"1"', '"1.2"', '"1.1"')):
        headers = {"Authorization": OFFICER, "Idempotency-Key": f"c{number}", "If-Match": etag}
        async with intake.client() as client:
            statuses[etag] = (await client.post(f"{path}/correct", json={"sex": "MALE"}, headers=headers)).status_code
    assert statuses == {'"1"': 412, '"1.2"': 412, '"1.1"': 200}


async def test_a_position_of_an_older_generation_is_behind_at_once(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "PATIENCE", 3600.0)
    intake = await start("intake")
    made = await intake.post(PERSONS, OFFICER, PERSON)
    old, path = made.headers["homeward-position"], f"{PERSONS}/{made.json()['ref']}"
    await stored(intake, "generation", ordinal=1, tag="0123456789abcdef", at=NOW, told_at=NOW)
    async with intake.client() as client:
        headers = {"Authorization": OFFICER, "Homeward-Position": old}
        read = await client.get(path, headers=headers)
        assert read.headers["homeward-position-behind"] == old
        written = {"Authorization": OFFICER, "Idempotency-Key": "c", "If-Match": '"1.1"'}
        done = await client.post(f"{path}/correct", json={"sex": "MALE"}, headers=written)
        headers["Homeward-Position"] = done.headers["homeward-position"]
        assert headers["Homeward-Position"] != old
        assert "homeward-position-behind" not in (await client.get(path, headers=headers)).headers
