"""Read what you wrote on PostgreSQL and a real Apache Kafka, whichever replica answers."""

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from services import SERVICES
from services.hosting.embedded import Embedded
from shared import stores
from shared.auth import Role
from shared.ids import random_ref
from shared.journey import positions
from shared.settings import Settings
from shared.testing import caller
from tests.support.callers import invented

OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
POSITION, BEHIND = "Homeward-Position", "Homeward-Position-Behind"


@pytest.fixture
async def replicas(
    tmp_path: Path, postgres_url: str, kafka_brokers: str, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """All four services twice, on the same databases and the same topic."""
    # Two groups of readers form meanwhile; that nothing is polled for that long shows in the time that tests take.
    monkeypatch.setattr(positions, "PATIENCE", 60.0)
    given = {"data_dir": tmp_path, "database_url": postgres_url, "database_pool": 4, "kafka_brokers": kafka_brokers}
    settings = Settings.model_validate(given | {"kafka_topic": f"positions-{uuid.uuid4().hex}", "kafka_partitions": 4})
    await asyncio.to_thread(stores.migrate, settings, SERVICES)
    clients = []
    for _ in range(2):
        product = Embedded(settings, identify=invented)
        await stack.enter_async_context(product.lifespan())
        transport = httpx.ASGITransport(app=product)
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=90)
        clients.append(await stack.enter_async_context(client))
    yield clients


async def told(client: httpx.AsyncClient, path: str, body: object) -> str:
    """The position of something new."""
    headers = {"Authorization": OFFICER, "Idempotency-Key": secrets.token_hex(8)}
    answer = await client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers.get(POSITION, ""))


async def test_what_one_replica_wrote_every_service_of_the_other_has_heard(replicas: list[httpx.AsyncClient]) -> None:
    for turn in range(4):
        writer, reader = replicas[turn % 2], replicas[(turn + 1) % 2]
        person, case = random_ref(), random_ref()
        await told(writer, "/intake/v1/persons", {"ref": person, "sex": "FEMALE", "identity": {}})
        position = await told(writer, "/intake/v1/cases", {"ref": case, "person_ref": person, "country": "KH"})
        assert position
        headers = {"Authorization": OFFICER, POSITION: position}
        reads = [reader.get(f"/{service}/v1/cases/{case}/journey", headers=headers) for service in SERVICES]
        for answer in await asyncio.gather(*reads):
            assert answer.status_code == 200, answer.text
            assert BEHIND not in answer.headers
