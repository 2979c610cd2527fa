"""Somebody who writes over HTTP and keeps a ledger of what was acknowledged; and what of it stands in the stores."""

import contextlib
import random
import sqlite3
import ssl
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from shared.auth import Role
from shared.clock import system_clock
from shared.testing import caller
from tests.support.eventually import REST
from tests.support.living import asking, handover

TELLERS = ("intake", "referrals")
"""The services to which the client writes."""
COORDINATOR = caller("coordinator", Role.REFERRAL_COORDINATOR)
TRUSTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nobody: all is on loopback, without TLS. To load whom the world trusts takes longer than a write."""
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Written:
    """An acknowledged write: the number of its request, by which its facts are found again."""

    service: str
    request: str
    at: datetime


@dataclass
class Client:
    """Whoever writes. `ledger` is what was acknowledged."""

    chance: random.Random
    ledger: list[Written] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def burst(self, address: str, many: int) -> None:
        """So many writes, each acknowledged or not."""
        # Killed under it: what has no answer was not promised.
        client = httpx.Client(base_url=address, timeout=60, verify=TRUSTED)
        with contextlib.suppress(httpx.TransportError), client:
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
        who = {**asking(), "Authorization": COORDINATOR}
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
