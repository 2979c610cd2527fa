"""A witness that is a server, asked as C2SP `tlog-witness` says: it sees that the tree only grew before it takes it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.audit.hashing import consistent
from shared.audit.notes import public_bytes, read, signed_by
from shared.audit.witness import NotTaken, Sent, ServerWitness, witness_of
from shared.outgoing import NotRegistered
from shared.storage.sqlite import SqliteDatabase
from tests.support.audited import KEY, audited


@dataclass
class Keeper:
    """What a witness keeps: of each tree the newest checkpoint."""

    asked: list[str] = field(default_factory=list)
    newest: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def take(self, body: str) -> int:
        """The status of the answer to a request."""
        said, _, note = body.partition("\n\n")
        old, *proof = said.split("\n")
        checkpoint = read(note)
        if checkpoint is None or not signed_by(note, checkpoint.origin, public_bytes(KEY)):
            return 403
        size, root = self.newest.get(checkpoint.origin, (0, b""))
        if old != f"old {size}":
            return 409
        hashes = [base64.b64decode(one) for one in proof if one]
        if not consistent(size, root, checkpoint.size, checkpoint.root, hashes):
            return 422
        self.newest[checkpoint.origin] = checkpoint.size, checkpoint.root
        return 200

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.partition("\r\n")[0])
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-le"))
        status = self.take((await reader.readexactly(length)).decode())
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def keeping(keeper: Keeper) -> AsyncIterator[str]:
    """The address of a witness."""
    server = await asyncio.start_server(keeper.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/homeward"


async def test_it_takes_each_checkpoint_with_the_proof_that_the_tree_only_grew(tmp_path: Path) -> None:
    keeper = Keeper()
    async with keeping(keeper) as address, audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "w") as audit:
        audit.sequencer.checkpoints.witness = ServerWitness(address)
        await audit.fill(700, 100)
        assert audit.sequencer.checkpoints.refused == ""
        [(size, _)] = keeper.newest.values()
    assert size == 701
    assert keeper.asked == ["POST /homeward/add-checkpoint HTTP/1.1"] * 7


async def test_what_it_does_not_take_is_sent_again(tmp_path: Path) -> None:
    keeper = Keeper()
    async with keeping(keeper) as address, audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "w") as audit:
        audit.sequencer.checkpoints.witness = ServerWitness("http://127.0.0.1:1")
        await audit.fill(200, 100)
        assert "does not answer" in audit.sequencer.checkpoints.refused
        audit.sequencer.checkpoints.witness = ServerWitness(address)
        await audit.sequence()
        assert [size for size, _ in keeper.newest.values()] == [201]


async def test_it_refuses_a_store_that_is_behind_what_it_knows(tmp_path: Path) -> None:
    keeper = Keeper()
    async with keeping(keeper) as address, audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "w") as audit:
        audit.sequencer.checkpoints.witness = ServerWitness(address)
        await audit.fill(100, 100)
        [origin] = keeper.newest
        keeper.newest[origin] = 500, b"\1" * 32
        await audit.fill(50, 50)
        assert audit.sequencer.checkpoints.refused == "the server answered 409"


async def test_only_a_server_that_proves_who_it_is_is_called() -> None:
    with pytest.raises(NotRegistered):
        witness_of("http://witness.example/homeward")
    assert witness_of("") is None
    with pytest.raises(NotTaken):
        await ServerWitness("https://127.0.0.1:1").take(Sent(0, 1, "note", 0, []))
