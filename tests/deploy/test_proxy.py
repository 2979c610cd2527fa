"""The wire that fault tests break: what passes, what is held back, what is lost, and that it heals."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from shared.errors import Unavailable
from shared.storage.postgres import PostgresDatabase
from tests.support.eventually import REST
from tests.support.proxy import Proxy, proxy


@pytest.fixture
async def wire() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while line := await reader.readline():
                heard.append(line)
                writer.write(line)

    heard.clear()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, proxy(server.sockets[0].getsockname()[1]) as opened:
        yield opened


heard: list[bytes] = []


async def said_back(wire: Proxy, wait: float = REST) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    try:
        writer.write(b"thirty-three\n")
        return await asyncio.wait_for(reader.readline(), wait)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def test_bytes_pass_both_ways(wire: Proxy) -> None:
    assert await said_back(wire) == b"thirty-three\n"


async def test_a_cut_wire_ends_what_is_open_and_what_comes_and_heals(wire: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"one\n")
    assert await reader.readline() == b"one\n"
    wire.cut()
    assert await asyncio.wait_for(reader.read(), REST) == b""
    writer.transport.abort()
    assert await said_back(wire) == b""
    wire.restore()
    assert await said_back(wire) == b"thirty-three\n"


async def test_a_delay_holds_every_chunk_back(wire: Proxy) -> None:
    wire.delay = 0.1
    begun = time.monotonic()
    assert await said_back(wire) == b"thirty-three\n"
    assert time.monotonic() - begun >= 0.2


async def test_a_swallowed_reply_was_still_asked_for_and_its_connection_is_over(wire: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    wire.swallow()
    writer.write(b"one\n")
    await asyncio.wait_for(wire.swallowed.wait(), REST)
    assert heard == [b"one\n"]
    wire.restore()
    assert await asyncio.wait_for(reader.read(), REST) == b""
    writer.transport.abort()
    assert await said_back(wire) == b"thirty-three\n"


async def test_a_database_behind_a_cut_wire_is_unavailable_and_comes_back(postgres_url: str) -> None:
    port = int(postgres_url.rpartition(":")[2].partition("/")[0])
    async with proxy(port) as wire:
        url = postgres_url.replace(f":{port}/", f":{wire.port}/").replace("{service}", "intake")
        database = PostgresDatabase(url, 1)
        try:
            assert await database.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one()) == 1
            wire.cut()
            with pytest.raises(Unavailable):
                await database.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())
            wire.restore()
            assert await database.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one()) == 1
        finally:
            await database.close()
