"""The admin door: how an operator's command reaches a running product, whose files it must not open itself.

It stands in no API page. A caller must be on this machine, act as an operator, and know the key that only the owner of
the data folder can read: a web page in a browser on this machine does not know it. The answer is a line of JSON for
each step of long work, and one at the end.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.operating.office import Office, Trouble
from services.operating.orders import Order
from services.operating.work import WORKS, worked
from shared.auth import Caller, Part, Policy, Purpose, Role, authorise
from shared.auth.leaving import HERE, Leaving
from shared.errors import HomewardError, Invalid, NotFound
from shared.ids import pseudonym, ref_in
from shared.web.problems import problem

PREFIX = "/operating/"
KEY = "homeward-operating-key"
WHO = "homeward-operator"
"""Who is logged in on this machine, as a ref. The key is what opens; this is for the record."""


class Nobody:
    """The parts of operators: none, since they work on no case."""

    policy = Policy.of(__package__)

    def parts(self, caller: Caller, subject: str) -> tuple[Part, ...]:
        return ()

    def leaving(self, caller: Caller) -> Leaving:
        return HERE

    def note(self, action: str, subject: str | None) -> None: ...


class Door:
    """`POST /operating/{work}` with an order as its body."""

    def __init__(self, office: Callable[[], Office], key: str) -> None:
        self._office, self._key = office, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            name = scope["path"].removeprefix(PREFIX)
            caller = self._admitted(request, name)
            order = _order(await request.body())
        except HomewardError as refusal:
            await problem(request, refusal.status, refusal.code)(scope, receive, send)
            return
        lines = _lines(self._office(), caller, name, order)
        await StreamingResponse(lines, media_type="application/x-ndjson")(scope, receive, send)

    def _admitted(self, request: Request, name: str) -> Caller:
        """Check that the caller may come in. Anybody else gets NotFound."""
        if not _here(request) or request.method != "POST" or name not in WORKS:
            raise NotFound
        if not hmac.compare_digest(request.headers.get(KEY, "").encode(), self._key.encode()):
            raise NotFound
        caller = operator(ref_in(request.headers.get(WHO, "")))
        authorise(Nobody(), caller, f"operating.{name}")
        return caller


def operator(staff_ref: str | None) -> Caller:
    """Whoever has the key of the folder. Raises NotFound for a request that names nobody."""
    if staff_ref is None:
        raise NotFound
    return Caller(staff_ref, pseudonym("organisation", "operators"), Role.OPERATOR, Purpose.OPERATION)


def _here(request: Request) -> bool:
    """Whether it comes from this machine. What a proxy says of its client need not be an address at all."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _order(body: bytes) -> Order:
    try:
        return Order.model_validate_json(body or b"{}")
    except ValidationError:
        raise Invalid from None


async def _lines(office: Office, caller: Caller, name: str, order: Order) -> AsyncIterator[bytes]:
    """Progress as it comes, then the answer. Whoever hangs up ends the work; running it again finishes it."""
    said: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    work = asyncio.create_task(_said(office, caller, name, order, said))
    try:
        while (line := await said.get()) is not None:
            yield json.dumps(line).encode() + b"\n"
    finally:
        work.cancel()


async def _said(
    office: Office, caller: Caller, name: str, order: Order, said: asyncio.Queue[dict[str, Any] | None]
) -> None:
    def tell(what: str, done: int, total: int) -> None:
        said.put_nowait({"at": what, "done": done, "of": total})

    try:
        said.put_nowait({"answer": await worked(office, caller, name, order, tell)})
    except Trouble as trouble:
        said.put_nowait({"error": str(trouble)})
    finally:
        said.put_nowait(None)
