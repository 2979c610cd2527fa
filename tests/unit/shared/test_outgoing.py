"""We call the server that settings name, and nobody to whom it or anybody else sends us."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pydantic import ValidationError

from shared import outgoing
from shared.observability.spans import exporter_to
from shared.outgoing import AWAY, LARGEST, NotRegistered, Outgoing
from shared.settings import Settings

METADATA = "http://169.254.169.254/latest/meta-data"


@dataclass
class Server:
    """Answers what a test puts at a path, and remembers what it was asked."""

    address: str = ""
    there: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers.get("accept-encoding", "")))
            if self.path == "/slow":
                found.gate.wait(20)
            status, headers, content = found.there.get(self.path, (200, {}, b"{}"))
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        found.address = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.gate.set()
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "http://10.0.0.1",
        METADATA,
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "//login.example",
        "https://",
        "https://user:secret@login.example",
        "",
    ],
)
def test_only_https_or_loopback_is_registered(address: str) -> None:
    with pytest.raises(NotRegistered):
        Outgoing(address)
    for name in ("issuer", "otlp_endpoint") if address else ():
        given: dict[str, Any] = {name: address}
        with pytest.raises(ValidationError, match="https://"):
            Settings(**given)


ELSEWHERE: dict[str, Callable[[str], str]] = {
    "another name": lambda here: here.replace("127.0.0.1", "localhost") + "/keys",
    "another port": lambda _: "http://127.0.0.1:1/keys",
    "another scheme": lambda here: here.replace("http:", "https:"),
    "with a user": lambda here: here.replace("//", "//user@"),
    "metadata": lambda _: METADATA,
    "the inner network": lambda _: "https://10.0.0.1/keys",
    "a name that goes on": lambda here: here.replace("127.0.0.1", "127.0.0.1.evil.test"),
    "a path alone": lambda _: "/keys",
}


@pytest.mark.parametrize("case", ELSEWHERE)
async def test_no_other_place_is_asked_whoever_names_it(server: Server, case: str) -> None:
    async with Outgoing(server.address).asked() as read:
        assert await read(f"{server.address}/description") == {}
        with pytest.raises(NotRegistered):
            await read(ELSEWHERE[case](server.address))
    assert server.paths == ["/description"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_nowhere(server: Server, status: int) -> None:
    server.there = {"/keys": (status, {"location": f"{server.address}/other"}, b"{}")}
    async with Outgoing(server.address).asked() as read:
        with pytest.raises(httpx.HTTPStatusError):
            await read(f"{server.address}/keys")
    assert server.paths == ["/keys"]


TOO_MUCH: dict[str, tuple[dict[str, str], bytes]] = {
    "large": ({}, b" " * (LARGEST + 1)),
    "packed": ({"content-encoding": "gzip"}, gzip.compress(b" " * 50_000_000, 1)),
    "packed though nobody asked": ({"content-encoding": "gzip"}, gzip.compress(b"{}")),
    "deep": ({}, b"[" * 200_000),
    "no JSON": ({}, b"<html>"),
}


@pytest.mark.parametrize("case", TOO_MUCH)
async def test_an_answer_is_small_and_json(server: Server, case: str) -> None:
    headers, content = TOO_MUCH[case]
    server.there = {"/keys": (200, headers, content)}
    async with Outgoing(server.address).asked() as read:
        with pytest.raises(ValueError):
            await read(f"{server.address}/keys")
    assert server.asked == [("/keys", "identity")]


async def test_nobody_waits_longer_than_patience_lasts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE", 0.1)
    with pytest.raises(AWAY):
        async with Outgoing(server.address).asked() as read:
            await read(f"{server.address}/slow")


async def test_no_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.there = {"/keys": (200, {}, json.dumps({"keys": []}).encode())}
    async with Outgoing(server.address).asked() as read:
        assert await read(f"{server.address}/keys") == {"keys": []}


def test_traces_go_where_settings_say_and_no_further(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.there = {"/v1/traces": (307, {"location": f"{server.address}/other"}, b"")}
    spans = TracerProvider(shutdown_on_exit=False)
    spans.add_span_processor(SimpleSpanProcessor(exporter_to(server.address)))
    spans.get_tracer("test").start_span("one").end()
    spans.shutdown()
    assert server.paths == ["/v1/traces"]
