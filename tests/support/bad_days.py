"""An organisation on bad days: somebody writes, the product is killed, and a backup is all that is left of a disk.

The client keeps a ledger of the writes that were acknowledged. Whatever of it is not in the stores afterwards must have
been lost by a restore: acknowledged after the backup was begun, and named where anybody else had heard of it.
"""

import asyncio
import random
import shutil
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from services import SERVICES
from services.operating.archive import Manifest
from services.operating.backing_up import back_up, keys_beside
from services.operating.forgotten import Ledgers
from services.operating.going_on import WentOn
from services.operating.restoring import Asked, restore
from shared.settings import Settings
from shared.stores import look_at_keys
from tests.support.ledger_client import TELLERS, Client, Place, Written, facts, requests, unpublished
from tests.support.sealed_files import OURS
from tests.support.zygote import started


@dataclass
class Days:
    """One organisation. The ledger of its client is what it was told was stored, and did not lose."""

    folder: Path
    chance: random.Random
    client: Client = field(init=False)
    gone: set[Place] = field(default_factory=set)
    """Where facts stood that a restore lost, by all restores so far."""
    named: int = 0
    lost: int = 0
    _process: ForkServerProcess | None = None
    _address: str = ""
    _made: Manifest | None = None

    def __post_init__(self) -> None:
        self.client = Client(self.chance)

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.folder, store_seconds=30)

    @property
    def _file(self) -> Path:
        return self.folder.parent / "backup.age"

    def start(self) -> None:
        """A normal start, and nothing else."""
        self._process, self._address = started(self.folder)

    def stop(self) -> None:
        """SIGKILL if it runs, and wait until nothing of it is left."""
        if self._process:
            self._process.kill()
            self._process.join()
            self._process = None

    def writing(self, meanwhile: Callable[[], None]) -> None:
        """Do something while somebody writes."""
        with ThreadPoolExecutor(1) as pool:
            burst: Future[None] = pool.submit(self.client.burst, self._address, self.chance.randint(3, 6))
            meanwhile()
            burst.result()

    def nothing(self) -> None:
        """Only write."""

    def kill(self) -> None:
        """Killed at any moment, and started again."""
        self.writing(self._killed_soon)
        self.start()

    def back_up(self) -> None:
        """A backup while somebody writes."""
        self.writing(self._back_up)

    def lose_the_key_file(self) -> None:
        """Without it nothing starts, and nothing is made in its place; put back, all goes on."""
        self.stop()
        key = self.folder / "master.key"
        key.rename(key.with_name("mislaid"))
        try:
            look_at_keys(self.settings, SERVICES)
        except Exception as refused:
            assert str(key) in str(refused), refused
        else:
            raise AssertionError("a lost key file was not missed")
        assert not key.exists()
        key.with_name("mislaid").rename(key)
        self.start()

    def restore_one(self) -> None:
        """The disk of one service is lost, and its store put back beside the others."""
        self.stop()
        service = self.chance.choice(TELLERS)
        aside = self.folder.parent / f"aside-{uuid.uuid4().hex}"
        aside.mkdir()
        for path in self.folder.glob(f"{service}.db*"):
            path.rename(aside / path.name)
        went_on = self._restored(Asked(self._file, [OURS], services=(service,)))
        gone = facts(aside, service) - facts(self.folder, service)
        named = {(fact.source, fact.subject, fact.version) for fact in went_on.beyond.lost}
        # What nobody had heard of when the disk was lost cannot be named, but by the moment of the backup.
        self.gone |= gone
        assert gone - unpublished(aside, service) <= named <= self.gone, (gone, named)
        self.named += len(named)
        self._strike((service,))
        self.start()

    def restore_all(self) -> None:
        """The folder is lost; all is restored elsewhere, with the log of the backup, the one that lived on, or none."""
        self.stop()
        old, self.folder = self.folder, self.folder.with_name(f"data-{uuid.uuid4().hex[:8]}")
        keys, master = keys_beside(self._file), old / "master.key"
        ledgers = Ledgers(old.with_name(f"{old.name}.erasures"))
        self._restored(Asked(self._file, [OURS], keys, (master,), ledgers=ledgers))
        for service in TELLERS:
            self.gone |= facts(old, service) - facts(self.folder, service)
        log = self.chance.choice(("restored", "lived on", "lost"))
        if log != "restored":
            for path in self.folder.glob("bus.db*"):
                path.unlink()
        for path in old.glob("bus.db*") if log == "lived on" else ():
            shutil.copy(path, self.folder / path.name)
        self._strike(SERVICES)
        self.start()

    def missing(self) -> list[Written]:
        """What was acknowledged, was not lost by a restore, and is not there all the same."""
        there = {name: requests(self.folder, name) for name in TELLERS}
        return [one for one in self.client.ledger if one.request not in there[one.service]]

    def _killed_soon(self) -> None:
        time.sleep(self.chance.random() * 0.1)
        self.stop()

    def _back_up(self) -> None:
        self._made, _ = asyncio.run(back_up(self.settings, self._file, [OURS.to_public()], lambda *_: None))

    def _restored(self, asked: Asked) -> WentOn:
        return asyncio.run(restore(self.settings, asked, lambda *_: None))[1]

    def _strike(self, services: tuple[str, ...]) -> None:
        """Forget what a restore may have lost: nothing that was acknowledged before the backup."""
        assert self._made
        lost = [one for one in self.missing() if one.service in services]
        assert all(one.at >= self._made.at for one in lost), "acknowledged before the backup, and lost"
        self.lost += len(lost)
        self.client.ledger = [one for one in self.client.ledger if one not in lost]
