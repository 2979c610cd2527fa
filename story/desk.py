"""The HTTP client of the story's workers, and for each worker the identity they act under.

Nothing is remembered between runs. Refs and idempotency keys are derived from the story's content, so playing a story
again after it broke off repeats nothing in effect and goes on with what was not done.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import httpx

from shared.clock import wire
from shared.ids import derived_ref, pseudonym
from story.header import Staff
from story.refusals import NotTaken, Refusals, Stopped
from story.scenario import Scenario
from story.signing_in import SigningIn

__all__ = ["Desk", "Json", "Stopped"]

T = TypeVar("T")
Json = dict[str, Any]
PATIENCE = 120.0
"""Seconds: four times as long as a reader takes to notice that its group does not settle, and to join it anew."""
TRIES = 8
BUSY, STALE = 503, 412


def _thing(path: str, ref: str) -> str:
    """The address of the thing that a receipt speaks of, after a command sent to that path."""
    before, found, _ = path.partition(ref)
    return before + found if found else "/".join([*path.split("/")[:4], ref])


class Desk:
    """Sends what workers send. Every command carries an idempotency key, every change the version it was made from."""

    def __init__(self, client: httpx.AsyncClient, scenario: Scenario, password: str = "") -> None:
        """`password` is what all its workers sign in with, where the issuer asks for one."""
        self.client = client
        self.scenario = scenario
        self.refusals = Refusals()
        self._signing_in = SigningIn(client, password)
        self._secret = bytes.fromhex(scenario.digest)
        self._versions: dict[str, int] = {}

    def ref(self, *parts: str) -> str:
        """The ref of a thing that the story names: the same in every run of the same story."""
        return derived_ref(self._secret, "thing", *parts)

    def case(self, person: str) -> str:
        """The ref of a person's case."""
        return self.ref("case", person)

    @staticmethod
    def staff(key: str) -> str:
        """The ref of a worker, as the services derive it from the identity."""
        return pseudonym("staff", key)

    @staticmethod
    def organisation(key: str) -> str:
        """The ref of an organisation, as the services derive it from the identity."""
        return pseudonym("organisation", key)

    async def _headers(self, who: Staff) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._signing_in.token(who)}"}

    async def get(self, who: Staff, path: str, **params: object) -> Json | None:
        """Read; None where there is nothing, or not yet."""
        asked = {name: str(value) for name, value in params.items() if value is not None}
        headers = await self._headers(who)
        answer = await self._answered(lambda: self.client.get(path, headers=headers, params=asked))
        if answer.status_code == 404:
            return None
        return self._json(answer, "GET", path)

    async def every(self, who: Staff, path: str, **params: object) -> list[Json]:
        """All items of a list, page by page."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            page = await self.get(who, path, limit=200, cursor=cursor, **params) or {}
            items += page.get("items", [])
            cursor = page.get("next_cursor")
            if cursor is None:
                return items

    async def post(self, who: Staff, path: str, body: Mapping[str, object], at: datetime | None = None) -> Json:
        """Send a command that creates or adds. Idempotent: repeating it with the same content is a no-op."""
        return await self._send(who, path, body, at, None)

    async def post_lines(self, who: Staff, path: str, name: str, lines: Mapping[str, Json], at: datetime) -> None:
        """Many lines in one request, each under its place in the folder: one may be refused while others are taken."""
        receipt = await self.post(who, path, {name: list(lines.values())}, at)
        places = {line["ref"]: place for place, line in lines.items()}
        for line in receipt["lines"]:
            if line["status"] == "refused":
                self.refusals.add(places[line["ref"]], line["code"])

    async def change(self, who: Staff, thing: str, command: str, at: datetime, **body: object) -> Json:
        """Send a command that changes a thing, from the version last seen; read and retry when that version is old."""
        if thing not in self._versions:
            await self._look(who, thing)
        return await self._send(who, f"{thing}/{command}", body, at, thing)

    async def _send(
        self, who: Staff, path: str, body: Mapping[str, object], at: datetime | None, thing: str | None
    ) -> Json:
        whole = {**body, "effective_at": wire(at)} if at else dict(body)
        said = json.dumps(whole, sort_keys=True, ensure_ascii=False)
        headers = await self._headers(who) | {"Idempotency-Key": derived_ref(self._secret, "key", who.key, path, said)}
        for _ in range(TRIES):
            if thing is not None:
                headers["If-Match"] = f'"{self._versions.get(thing, 0)}"'
            answer = await self._answered(lambda: self.client.post(path, headers=headers, json=whole))
            if answer.status_code != STALE or thing is None:
                break
            await self._look(who, thing)
        receipt = self._json(answer, "POST", path)
        self.met(_thing(path, receipt["ref"]), receipt["version"])
        return receipt

    @staticmethod
    async def _answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """The answer to a request, which is sent again while the service has too much to do: 13 seconds at most."""
        for attempt in range(TRIES):
            answer = await ask()
            if answer.status_code != BUSY:
                break
            await asyncio.sleep(0.05 * 2**attempt)
        return answer

    def met(self, thing: str, version: int) -> None:
        """Remember the version in which a thing was seen."""
        self._versions[thing] = version

    async def _look(self, who: Staff, thing: str) -> None:
        """The thing's version, once the service knows the thing."""
        found = await self.until(lambda: self.get(who, thing), f"{thing} to be there")
        self.met(thing, found["version"])

    @staticmethod
    def _json(answer: httpx.Response, method: str, path: str) -> Json:
        if answer.is_success:
            body: Json = answer.json()
            return body
        try:
            said = answer.json()
        except ValueError:
            said = {}
        code, errors = said.get("code", ""), said.get("errors", [])[:3]
        told = f"{method} {path} was answered {answer.status_code} {code} {errors}"
        if method == "POST" and answer.is_client_error:
            raise NotTaken(code or str(answer.status_code), told)
        raise Stopped(told)

    async def until(self, ask: Callable[[], Awaitable[T | None]], what: str) -> T:
        """Ask again, at short intervals, until there is an answer; a deadline keeps a broken story from hanging."""
        deadline, pause = time.monotonic() + PATIENCE, 0.005
        while (found := await ask()) is None:
            if time.monotonic() > deadline:
                raise Stopped(f"waited {PATIENCE:.0f} s for {what}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        return found

    async def heard(self, service: str, case_ref: str, fact: str, times: int = 1) -> Json:
        """That service's journey of a case, once it has so many events of a kind."""
        reader = self.scenario.on_duty("RECEIVES")

        async def there() -> Json | None:
            view = await self.get(reader, f"/{service}/v1/cases/{case_ref}/journey")
            found = [entry for entry in (view or {}).get("timeline", []) if entry["type"].startswith(f"{fact}.v")]
            return view if len(found) >= times else None

        return await self.until(there, f"{service} to hear {fact} of case {case_ref}")
