"""What a route needs: the caller, the request at hand, paging, and the two verbs `run` and `show`.

Every command answers a receipt, not the thing: reading a thing is another right, and a repeated request must not take
private values out of the store of answers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Response
from fastapi import Request as HttpRequest
from pydantic import BaseModel, BeforeValidator, Field
from starlette.datastructures import URL

from shared.auth import Caller
from shared.codes import labelled
from shared.events.envelope import Stream
from shared.given import whole
from shared.ids import Ref, derived_ref
from shared.journey import positions
from shared.model import CX, Command, Model
from shared.reading import LineReceipt, Page, PageAsked
from shared.runtime import Kept
from shared.web.asking import BadHeader, asking
from shared.web.held import held_by, unless_held
from shared.writing import work
from shared.writing.asked import Asked, Done
from shared.writing.commands import Commands, Handler
from shared.writing.handling import handling_of

__all__ = [
    "KNOWN",
    "BadHeader",
    "BulkReceipt",
    "Calling",
    "LineReceipt",
    "Page",
    "Paging",
    "Receipt",
    "Request",
    "run",
    "run_lines",
    "show",
]

T = TypeVar("T")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:\.([0-9]{1,9}))?"')
"""A proxy that compresses an answer makes its ETag weak. The version is the same, so it compares as its strong form."""
NO_VERSION = -1
"""What a version of another generation is taken for: the thing may be as it was, or not even be there any more."""
POSITION = "Homeward-Position"
BEHIND = "Homeward-Position-Behind"


class Receipt(Model):
    """The answer to a command: the thing, its version (also the ETag), its status, and what may be asked next."""

    ref: Ref
    version: int
    status: CX[str | None] = None
    next: CX[tuple[str, ...]] = ()


class BulkReceipt(Receipt):
    """The answer to a request of many lines."""

    lines: tuple[LineReceipt, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """One request at a service: what it came with, what it waits for, and where its answer's headers go.

    `stamped` are headers that an answer carries also when it is a problem; `held` says which answers the caller has.
    """

    kept: Kept
    response: Response
    asked: Asked
    wanted: positions.Positions
    stamped: list[tuple[bytes, bytes]]
    url: URL
    held: str

    def ref(self, given: str | None) -> str:
        """The ref of a thing to create: the client's own, or one that a repeated request finds again."""
        if given is not None:
            return given
        if self.asked.key is None:
            return self.kept.draw()
        return derived_ref(self.kept.secret, "created", self.asked.operation, self.asked.key)

    async def caught_up(self) -> None:
        """Wait for what the request must see; say what is still missing after that, and go on."""
        if self.wanted:
            kept = self.kept
            missing = await positions.behind(kept.database, kept.ledger, kept.applied, self.wanted, kept.standing)
            if missing:
                places = (positions.written(kept.position_secret, *place) for place in missing.items())
                self.stamped.append((BEHIND.lower().encode(), ", ".join(places).encode()))


def _turn() -> None:
    """A turn for others, on another thread, between the reading of a body and the checking of its values.

    Without one, two hundred large bodies at a time took 633 MiB, and with it 146.
    """


async def _calling(request: HttpRequest, _: Annotated[None, Depends(_turn)]) -> Caller:
    kept: Kept = request.app.state.kept
    caller = await kept.identify(asking(request, kept))
    # Whoever refuses the rest of the request says in the audit whose it was: see `shared.web.refused`.
    request.scope["caller"] = caller
    return caller


async def _incoming(request: HttpRequest, response: Response, caller: Annotated[Caller, Depends(_calling)]) -> Incoming:
    # Read here, not declared: FastAPI would build a validator per header and route, a quarter of the time of a start.
    idempotency_key, if_match = (request.headers.get(name) for name in ("idempotency-key", "if-match"))
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise BadHeader("idempotency_key_unusable")
    match = None if if_match is None else _ETAG.fullmatch(if_match)
    if if_match is not None and match is None:
        raise BadHeader("if_match_unusable")
    kept: Kept = request.app.state.kept
    asked = Asked(
        request_id=request.scope["request_id"],
        operation=f"{caller.staff_ref}|{request.method} {request.url.path}",
        key=idempotency_key,
        if_match=None if match is None else _version(kept, match),
        traceparent=request.scope["traceparent"],
    )
    wanted = positions.read(kept.position_secret, request.headers.getlist(POSITION))
    return Incoming(kept, response, asked, wanted, request.scope["stamped"], request.url, held_by(request))


def _version(kept: Kept, match: re.Match[str]) -> int:
    """The version that an ETag names, if it is of the generation in which the store speaks now."""
    return int(match[1]) if int(match[2] or 0) == kept.standing.generation.ordinal else NO_VERSION


def _etag(kept: Kept, version: int) -> str:
    """`"version"`, and in a later generation than the first `"version.ordinal"`."""
    ordinal = kept.standing.generation.ordinal
    return f'"{version}.{ordinal}"' if ordinal else f'"{version}"'


@labelled("page_order")
class Order(StrEnum):
    """From which end a list is read, by the time of recording."""

    OLDEST = "oldest"
    NEWEST = "newest"


async def _paging(
    limit: Annotated[int, Field(ge=1, le=200), BeforeValidator(whole), Query()] = 50,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    order: Order = Order.OLDEST,
) -> PageAsked:
    return PageAsked(limit, cursor, newest=order is Order.NEWEST)


KNOWN = Depends(_calling)
"""Of a route that any known caller may ask, whoever it is."""
Calling = Annotated[Caller, KNOWN]
Request = Annotated[Incoming, Depends(_incoming)]
Paging = Annotated[PageAsked, Depends(_paging)]


async def _perform(request: Incoming, handler: Handler, caller: Caller, body: Command, path: Any) -> Done:
    declared = handler.handling
    if declared.creates and request.asked.key is None:
        raise BadHeader("idempotency_key_required")
    asked = Asked(**{**vars(request.asked), "needs_match": declared.if_match})
    await request.caught_up()
    done = await work.perform(request.kept, asked, caller, handler, body, **path)
    if done.version is not None:
        request.response.headers["ETag"] = _etag(request.kept, done.version)
    if declared.creates:
        request.response.headers["Location"] = f"{_things(request.url)}/{done.ref}"
    if done.positions:
        places = [_place(request.kept, done, subject) for subject in done.positions]
        request.response.headers[POSITION] = ", ".join(place for place in places[: positions.LIMIT] if place)
    return done


def _things(url: URL) -> str:
    """Where the things of an address are listed: `/intake/v1/stays` for `/intake/v1/stays/expect`."""
    return "/".join(url.path.split("/")[:4])


def _place(kept: Kept, done: Done, subject: str | None) -> str | None:
    """The position of a stream that was written, to be sent along with a read anywhere."""
    version = done.positions.get(subject or "")
    return (
        None
        if subject is None or version is None
        else positions.written(
            kept.position_secret,
            Stream(kept.name, subject),
            positions.Place(kept.standing.generation.ordinal, version),
        )
    )


def _receipt(handler: Handler, done: Done) -> dict[str, Any]:
    if done.ref is None:
        raise AssertionError(f"{handler.handling.action} wrote nothing to answer about")
    return {"ref": done.ref, "version": done.version, "status": done.status, "next": done.next}


async def run(request: Incoming, commands: Commands[Any], caller: Caller, body: Command, **path: object) -> Receipt:
    """Carry out a command of a thing as one unit and answer its receipt."""
    handler = commands[type(body)]
    done = await _perform(request, handler, caller, body, path)
    return Receipt(**_receipt(handler, done))


async def run_lines(
    request: Incoming, commands: Commands[Any], caller: Caller, body: Command, **path: object
) -> BulkReceipt:
    """Carry out a command that answers line by line."""
    handler = commands[type(body)]
    done = await _perform(request, handler, caller, body, path)
    lines = (LineReceipt(**line) for line in done.lines or ())
    placed = tuple(line.but(position=_place(request.kept, done, line.position)) for line in lines)
    return BulkReceipt(**_receipt(handler, done), lines=placed)


async def show(request: Incoming, query: Callable[..., T], caller: Caller, **arguments: object) -> T:
    """Run a query; its audit entry is stored before the answer leaves."""
    await request.caught_up()
    answer = await work.look(request.kept, request.asked.request_id, caller, query, **arguments)
    if isinstance(answer, BaseModel) and handling_of(query).reference:
        request.response.headers.update(unless_held(answer.model_dump_json().encode(), request.held))
    version = getattr(answer, "version", None)
    if isinstance(version, int):
        request.response.headers["ETag"] = _etag(request.kept, version)
    if isinstance(answer, Page) and answer.next_cursor is not None:
        following = request.url.include_query_params(cursor=answer.next_cursor)
        request.response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return answer
