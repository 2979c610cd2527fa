"""Read your own write in any service: `Homeward-Position` names the versions that a view must have first.

A position is sealed with a secret that all services hold. In clear it would tell a provider how much else goes on in a
case, and a wait for a made-up one whether a stream exists and how long it is. A position that no service gave raises
`UnusablePosition`.
"""

import asyncio
import contextlib
import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Connection, select

from shared.errors import HomewardError
from shared.events.envelope import Stream
from shared.events.generation import FIRST
from shared.storage import Database
from shared.storage.ledger import Ledger
from shared.storage.spoken import spoken
from shared.storage.standing import Standing

LIMIT = 16
"""Positions in one header."""
PATIENCE = 2.0
"""Seconds that a request waits for the view."""
POLL = 0.25
"""Seconds between two looks when nothing rings: another replica may have applied what is waited for."""
PAUSE = 0.02
"""Seconds between two looks at least, however often it rings."""


class Place(NamedTuple):
    """A version, and the number of the generation in which it was given."""

    ordinal: int
    version: int


Positions = Mapping[Stream, Place]

_SEALED = re.compile(r"[A-Za-z0-9_-]{22,240}")


class UnusablePosition(HomewardError):
    """A position that no service gave, or more of them than one header may hold."""

    status = 400
    code = "position_unusable"


class Bell:
    """Wakes all waiting reads when something was applied."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """The next wake-up. Ask for it before looking, so that none is missed."""
        return self._next

    def ring(self) -> None:
        rung, self._next = self._next, asyncio.Event()
        rung.set()


def written(secret: bytes, stream: Stream, at: Place) -> str:
    """What a client sends along: source, stream, version and generation, sealed so that only services read them."""
    place = f"{stream.source}:{stream.subject}:{at.version}.{at.ordinal}"
    return _text(_seal(secret).encrypt(place.encode(), None))


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def read(secret: bytes, headers: Iterable[str]) -> Positions:
    """The positions in these headers, the highest of each stream. Raises UnusablePosition."""
    given = [place.strip(" \t") for header in headers for place in header.split(",")]
    if len(given) > LIMIT:
        raise UnusablePosition("too_many_positions")
    found: dict[Stream, Place] = {}
    for stream, at in (_opened(secret, place) for place in given):
        found[stream] = max(at, found.get(stream, at))
    return found


def _opened(secret: bytes, place: str) -> tuple[Stream, Place]:
    if _SEALED.fullmatch(place) is None:
        raise UnusablePosition
    try:
        sealed = urlsafe_b64decode(place + "=" * (-len(place) % 4))
        opened = _seal(secret).decrypt(sealed, None).decode()
    except (InvalidTag, ValueError):
        raise UnusablePosition from None
    if _text(sealed) != place:  # The last letter has bits that are not read.
        raise UnusablePosition
    source, subject, at = opened.split(":")
    version, ordinal = map(int, at.split("."))
    return Stream(source, subject), Place(ordinal, version)


@cache
def _seal(secret: bytes) -> AESSIV:
    """SIV (RFC 5297) needs no nonce: the same place is the same text, and any other text opens as nothing."""
    return AESSIV(hashlib.sha256(b"position:" + secret).digest())


async def behind(database: Database, ledger: Ledger, bell: Bell, wanted: Positions, standing: Standing) -> Positions:
    """Wait until the view has these versions, at most `PATIENCE`; those that it still has not.

    What was given in a generation that has ended will never come: then nothing is waited for.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        rung = bell.next
        missing, may_come = await database.read(lambda conn: _missing(conn, ledger, wanted, standing))
        left = until - loop.time()
        if not may_come or left <= 0:
            return missing
        await asyncio.sleep(min(PAUSE, left))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(POLL, max(0.0, until - loop.time()))):
                await rung.wait()


def _missing(conn: Connection, ledger: Ledger, wanted: Positions, standing: Standing) -> tuple[Positions, bool]:
    """What is missing, and whether any of it may still come.

    A facet's version is how far a stream was applied, or stored when it is our own.
    """
    facet = ledger.facet
    query = select(facet.c.source, facet.c.subject, facet.c.version).where(
        facet.c.subject.in_(sorted({stream.subject for stream in wanted}))
    )
    versions = {Stream(row.source, row.subject): row.version for row in conn.execute(query)}
    heard_in = spoken(conn, ledger, wanted) if standing.met_generations else {}
    missing, may_come = {}, False
    for stream, at in wanted.items():
        own = stream.source == standing.name
        now = (standing.generation if own else heard_in.get(stream, FIRST)).ordinal
        if now != at.ordinal or versions.get(stream, 0) < at.version:
            missing[stream] = at
            may_come = may_come or now <= at.ordinal
    return missing, may_come
