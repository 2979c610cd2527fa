"""Calls over HTTP to somebody else's server: the only way out, to the one place that settings name.

Nothing that a caller sends names an address here. So no address is looked up for being private: the operator's own
servers may be. What a server says of further addresses is followed to its own host alone.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from shared.wires import on_loopback

PATIENCE = 1.5
"""Seconds for all that is asked at a time: a request may wait for it."""
LARGEST = 262_144
"""Bytes of one answer."""
LARGEST_POSTED = 1_048_576
"""The same, of an answer to many questions at a time."""

AWAY = (OSError, TimeoutError, httpx.HTTPError, httpx.InvalidURL)
"""What asking may raise where nobody answers as they should."""

Read = Callable[[str], Awaitable[Any]]


class NotRegistered(ValueError):
    """An address that is not of the registered server, or that somebody on the way could answer for."""


class Outgoing:
    """One registered server: https, or http on this machine's loopback. Redirects are never followed."""

    def __init__(self, address: str, ca_file: Path | None = None) -> None:
        """Raises NotRegistered for an address without TLS on another machine."""
        self._place = _place(address)
        self._trusted = ssl.create_default_context(cafile=ca_file)

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[Read]:
        """What reads JSON there, for as long as patience lasts."""
        # No proxy that the environment names: it would be one more who can answer.
        plain = httpx.AsyncClient(verify=self._trusted, trust_env=False, headers={"Accept-Encoding": "identity"})
        async with asyncio.timeout(PATIENCE), plain as client:
            yield partial(self._read, client)

    async def post(self, address: str, content: bytes) -> int:
        """Send plain text there; the status of the answer, of which nothing else is read.

        Raises what is in AWAY, or NotRegistered for an address elsewhere.
        """
        if _place(address) != self._place:
            raise NotRegistered("another server than the registered one")
        plain = httpx.AsyncClient(verify=self._trusted, trust_env=False)
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        async with (
            asyncio.timeout(PATIENCE),
            plain as client,
            client.stream("POST", address, content=content, headers=headers) as answer,
        ):
            return answer.status_code

    async def _read(self, client: httpx.AsyncClient, address: str) -> Any:
        """Raises ValueError for what is no JSON or too much of it, NotRegistered for an address elsewhere."""
        if _place(address) != self._place:
            raise NotRegistered("another server than the registered one")
        async with client.stream("GET", address) as answer:
            answer.raise_for_status()
            content = bytearray()
            # As it came: what is packed would be small here and large once it is read.
            async for part in answer.aiter_raw():
                content += part
                if len(content) > LARGEST:
                    raise ValueError("too large")
        try:
            return httpx.Response(200, content=bytes(content)).json()
        except RecursionError:
            raise ValueError("nested without end") from None


class Posting:
    """One registered server that is asked with JSON from a thread that may wait, and answers with JSON."""

    def __init__(self, address: str, ca_file: Path | None = None, patience: float = PATIENCE) -> None:
        """Raises NotRegistered for an address without TLS on another machine."""
        self._place = _place(address)
        self._trusted = ssl.create_default_context(cafile=ca_file)
        self._patience = patience

    def post(self, address: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, Any]:
        """The status and what the answer holds; None where that is no JSON.

        Raises what is in AWAY, or NotRegistered for an address elsewhere.
        """
        if _place(address) != self._place:
            raise NotRegistered("another server than the registered one")
        until = time.monotonic() + self._patience
        sent = {**headers, "Accept-Encoding": "identity"}
        # A connection of its own: one that was kept could have died with whoever answered it.
        with (
            httpx.Client(verify=self._trusted, trust_env=False, timeout=self._patience) as client,
            client.stream("POST", address, json=content, headers=sent) as answer,
        ):
            return answer.status_code, _json(_read_until(answer, until))


def _read_until(answer: httpx.Response, until: float) -> bytes:
    found = bytearray()
    for part in answer.iter_raw():
        found += part
        if len(found) > LARGEST_POSTED:
            raise httpx.DecodingError("too large")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(found)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _place(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address. Raises NotRegistered where it could be anybody's."""
    url = httpx.URL(address)
    if url.userinfo or not url.host or not (url.scheme == "https" or (url.scheme == "http" and on_loopback(url.host))):
        raise NotRegistered("https://..., or http:// on this machine")
    return url.scheme, url.host, url.port
