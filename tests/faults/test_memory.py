"""What strangers send, all of it at once: a service process stays within the memory that its container has."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from shared.auth import Role
from shared.settings import Settings
from shared.testing import caller
from shared.web.edge import MOST_VALUES
from tests.contract.test_kafka_poison import BOMB, careless_topic
from tests.faults.test_replicas import environment
from tests.support.crafted import ODD, batch, odd, write
from tests.support.eventually import eventually
from tests.support.issuing import Issuing, issuer
from tests.support.replicas import Replicas
from tests.support.signed import Signed, by

__all__ = ["issuer"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
LIMITS, OFFICER = Settings(), caller("srey-intake", Role.INTAKE_OFFICER)
HEAD = b"POST /intake/v1/persons HTTP/1.1\r\nhost: localhost\r\n"
PIECE = b'{"a":[]}'
"""Eight bytes as text, and thirty times as much once they are read."""
BATCHES = 5


def limit() -> int:
    """The bytes of memory that the container of a service has."""
    said = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]["intake"]["deploy"]["resources"]["limits"]["memory"]
    found = re.fullmatch(r"(\d+)M", said)
    assert found is not None
    return int(found[1]) * 2**20


def most(pid: int) -> int:
    """The most bytes of memory that a process ever had."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))[0]) * 1024


@contextlib.asynccontextmanager
async def opened(port: int, count: int, sent: bytes) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections that have sent this and then wait. Whoever is hung up on meanwhile stays so."""
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    for _, writer in pairs:
        with contextlib.suppress(ConnectionError):
            writer.write(sent)
            await writer.drain()
    yield [reader for reader, _ in pairs]
    for _, writer in pairs:
        writer.close()


async def headers_without_end(address: str) -> None:
    """As many connections as one address may have, each just below the limit of what stands before a body."""
    count = LIMITS.connections_per_address
    async with opened(port_of(address), count, HEAD + b"x: " + b"y" * (LIMITS.header_bytes - 1000)):
        await eventually(lambda: shows(address, "homeward_connections", count))
    async with opened(port_of(address), 20, HEAD + b"x: " + b"y" * 2_000_000) as readers:
        assert all(b" 431 " in said for said in await first_lines(readers))


async def slow_bodies(address: str, said: bytes) -> None:
    """Sixty-four callers who send half of what they announced; the process holds no more than its bound of that."""
    sent = said + f"content-length: {LIMITS.body_limit}\r\n\r\n".encode() + b" " * (LIMITS.body_limit // 2)
    async with opened(port_of(address), 64, sent):
        await eventually(lambda: shows(address, "homeward_refused_total", 48))


async def bodies_at_once(address: str, said: bytes) -> None:
    """What is small as text and large once it is read: a few of the largest bodies, or many that are less."""
    for many, pieces in ((8, LIMITS.body_limit // len(PIECE) - 1), (200, MOST_VALUES // 5), (200, MOST_VALUES // 50)):
        body = b'{"identity": {"names": [' + b",".join([PIECE] * pieces) + b"]}}"
        sent = said + f"content-length: {len(body)}\r\n\r\n".encode() + body
        for _ in range(2):
            async with opened(port_of(address), many, sent) as readers:
                lines = await first_lines(readers)
                assert all(b" 4" in line or b" 503 " in line for line in lines), set(lines)


async def first_lines(readers: list[asyncio.StreamReader]) -> list[bytes]:
    async with asyncio.timeout(200):
        return await asyncio.gather(*(reader.readline() for reader in readers))


async def poison(address: str, brokers: str, topic: str) -> None:
    """Bombs, headers that are no text, bodies that are no facts; until all of it was read, and told of."""
    rows = [(json.dumps({"number": number}).encode() * 100, [("ce_id", b"x" * 200)]) for number in range(100)]
    bomb = batch((BOMB, []), codec=1)
    for _ in range(BATCHES):
        for built in (bomb, odd(batch(*[(b"odd", [(ODD, b"x")])] * 50)), batch(*rows), batch(*rows, codec=1)):
            assert await write(brokers, topic, built) == 0
    await eventually(lambda: shows(address, "homeward_unreadable_records", BATCHES))
    await eventually(lambda: read_to_the_end(address))


async def figures_of(address: str, name: str) -> list[float]:
    async with httpx.AsyncClient() as client:
        page = (await client.get(f"{address}/intake/metrics", timeout=60)).text
    return [float(value) for value in re.findall(rf"^{name}\{{.*\}} (\S+)$", page, re.MULTILINE)]


async def shows(address: str, name: str, least: float) -> bool:
    return sum(await figures_of(address, name)) >= least


async def read_to_the_end(address: str) -> bool:
    lags = await figures_of(address, "homeward_lag_records")
    return bool(lags) and not any(lags)


def head(signed: Signed) -> bytes:
    """What stands before the length and the body of a request that the officer sends now."""
    return HEAD + f"authorization: {signed.shown(OFFICER)}\r\ncontent-type: application/json\r\n".encode()


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def test_no_abuse_takes_more_memory_than_the_container_has(
    tmp_path: Path, issuer: Issuing, postgres_url: str, kafka_brokers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = environment(tmp_path, postgres_url, kafka_brokers, issuer.address) | {"HOMEWARD_KAFKA_PARTITIONS": "1"}
    signed = by(issuer)
    asyncio.run(careless_topic(kafka_brokers, given["HOMEWARD_KAFKA_TOPIC"]))
    with Replicas(given, each=1, services=("intake",)) as replicas:
        process, address = replicas.processes["intake", 0], replicas.address("intake", 0)
        figures = {"at rest": most(process.pid)}
        abuses: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "headers": lambda: headers_without_end(address),
            "slow bodies": lambda: slow_bodies(address, head(signed)),
            "bodies": lambda: bodies_at_once(address, head(signed)),
            "poison": lambda: poison(address, kafka_brokers, given["HOMEWARD_KAFKA_TOPIC"]),
        }
        for name, abuse in abuses.items():
            asyncio.run(abuse())
            figures[name] = most(process.pid)
        replicas.wait_for("intake", 0)
    with capsys.disabled():
        print({name: f"{size / 2**20:.0f} MiB" for name, size in figures.items()})  # noqa: T201 -- to be recorded
    assert max(figures.values()) < limit()
