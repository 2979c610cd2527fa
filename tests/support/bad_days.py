"""An organisation on bad days: somebody writes, the product is killed, and a backup is all that is left of a disk.

The client keeps a ledger of the writes that were acknowledged. Whatever of it is not in the stores afterwards must have
been lost by a restore: acknowledged after the backup was begun, and named where anybody else had heard of it.
"""

import asyncio
import contextlib
import random
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from services import SERVICES
from services.operating.archive import Manifest
from services.operating.backing_up import back_up, keys_beside
from services.operating.going_on import WentOn
from services.operating.restoring import Asked, restore
from shared.auth import Role
from shared.clock import system_clock
from shared.settings import Settings
from shared.stores import look_at_keys
from shared.testing import caller
from tests.support.eventually import REST
from tests.support.living import asking, handover
from tests.support.sealed_files import OURS
from tests.support.zygote import Zygote, killed

TELLERS = ("intake", "referrals")
"""The services to which the client writes."""
COORDINATOR = caller("coordinator", Role.REFERRAL_COORDINATOR)
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Written:
    """An acknowledged write: the number of its request, by which its facts are found again."""

    service: str
    request: str
    at: datetime


@dataclass
class Days:
    """One organisation. `ledger` is what it was told was stored, and did not lose."""

    zygote: Zygote
    folder: Path
    chance: random.Random
    ledger: list[Written] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    gone: set[Place] = field(default_factory=set)
    """Where facts stood that a restore lost, by all restores so far."""
    named: int = 0
    lost: int = 0
    _number: int = 0
    _address: str = ""
    _made: Manifest | None = None

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.folder, store_seconds=30)

    @property
    def _file(self) -> Path:
        return self.folder.parent / "backup.age"

    def start(self) -> None:
        """A normal start, and nothing else."""
        self._number, self._address = self.zygote.start(self.folder)

    def stop(self) -> None:
        """Killed, if it runs."""
        if self._number:
            killed(self._number)
            self._number = 0

    def writing(self, meanwhile: Callable[[], None]) -> None:
        """Do something while somebody writes."""
        with ThreadPoolExecutor(1) as pool:
            burst: Future[None] = pool.submit(self._burst, self.chance.randint(3, 6))
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
        self._restored(Asked(self._file, [OURS], keys, master))
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
        return [one for one in self.ledger if one.request not in there[one.service]]

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
        self.ledger = [one for one in self.ledger if one not in lost]

    def _burst(self, many: int) -> None:
        # Killed under it: what has no answer was not promised.
        with contextlib.suppress(httpx.TransportError), httpx.Client(base_url=self._address, timeout=60) as client:
            for _ in range(many):
                self._write(client)

    def _write(self, client: httpx.Client) -> None:
        ask, until = self.chance.choice((self._announce, self._postpone, self._register)), time.monotonic() + REST
        service, answer = ask(client)
        # A store that was put back twice takes no writes for a moment, until it knows what the first one told.
        while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and time.monotonic() < until:
            time.sleep(0.05)
            service, answer = ask(client)
        if answer.is_success:
            self.ledger.append(Written(service, answer.headers["Request-Id"], system_clock()))
        else:
            # A group that was lost, or was changed by somebody who was never answered.
            assert answer.status_code in {404, 412}, answer.text

    def _announce(self, client: httpx.Client) -> tuple[str, httpx.Response]:
        body = handover(uuid.uuid4().hex)
        self.groups.append(str(body["ref"]))
        return "intake", client.post("/intake/v1/handovers", json=body, headers=asking())

    def _postpone(self, client: httpx.Client) -> tuple[str, httpx.Response]:
        if not self.groups:
            return self._announce(client)
        path, who = f"/intake/v1/handovers/{self.chance.choice(self.groups)}", asking()
        seen = client.get(path, headers=who)
        if not seen.is_success:
            return "intake", seen
        day = f"2026-12-{self.chance.randint(1, 28):02}"
        changed = {**who, "If-Match": seen.headers["ETag"]}
        return "intake", client.post(
            f"{path}/postpone", json={"reason": "WEATHER", "planned_day": day}, headers=changed
        )

    def _register(self, client: httpx.Client) -> tuple[str, httpx.Response]:
        body = {"kind": "SCHOOL", "name": "A school", "services": [{"service": "EDU-ENROL"}]}
        who = {**asking(), "Homeward-Caller": COORDINATOR}
        return "referrals", client.post("/referrals/v1/organisations", json=body, headers=who)


def facts(folder: Path, service: str) -> set[Place]:
    """Where the facts of a service stand in its journal, those that stand there for the first time."""
    return {(service, subject, version) for subject, version in _rows(folder, service, "subject, version", "true")}


def unpublished(folder: Path, service: str) -> set[Place]:
    """Those that nobody may have heard of."""
    waits = "id in (select journal_id from pending)"
    return {(service, subject, version) for subject, version in _rows(folder, service, "subject, version", waits)}


def requests(folder: Path, service: str) -> set[str]:
    """Of which requests there are facts."""
    return {number for (number,) in _rows(folder, service, "correlation", "true")}


def _rows(folder: Path, service: str, columns: str, where: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(folder / f"{service}.db")) as store:
        return store.execute(f"select {columns} from journal where {where}").fetchall()
