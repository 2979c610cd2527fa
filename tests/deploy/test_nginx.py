"""The proxy of the compose file, with a service that answers, one that does not and one that is away.

What it logs, how long it waits, and what it refuses. Its times and rates are made small here; the compose file's own
are looked at in the text.
"""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from deploy.local.ports import free_ports
from services import SERVICES
from shared.web.headers import STRICT
from shared.web.problems import TITLES
from tests.support.composed import ROOT
from tests.support.eventually import REST
from tests.support.parts import without

REF = "0123456789abcdef0123456789abcdef"
PATH = f"/v1/cases/{REF}?q={REF}"
SMALLER = {"proxy_read_timeout 60s": "proxy_read_timeout 1s", "client_header_timeout 10s": "client_header_timeout 1s"}
FEW = {"rate=400r/s": "rate=1r/m", "burst=6000": "burst=2"}
PROXY = ROOT / "deploy/proxy"
OWN = "/intake/own"
STARTED: list[subprocess.Popen[bytes]] = []


class Answering(BaseHTTPRequestHandler):
    """Answers, but for what is asked of screening, which it never does."""

    def do_GET(self) -> None:
        if self.path.startswith("/screening/"):
            time.sleep(3)
        else:
            self.send_response(200)
            self.send_header("Came-As", f"{self.headers['x-forwarded-proto']}://{self.headers['host']}")
            if self.path == OWN:
                for name, _ in STRICT:
                    self.send_header(name.decode(), "own")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Nginx:
    """nginx with the files of the compose file, in a folder."""

    def __init__(self, folder: Path, services: dict[str, int], instead: dict[str, str]) -> None:
        (self.port,) = free_ports(1)
        self.log = folder / "log"
        for name in ("nginx.conf", "places.conf", "listen.conf"):
            said = (PROXY / name).read_text("utf-8").replace("/tmp/", f"{folder}/")  # noqa: S108 -- of the container
            said = said.replace("listen 8470", f"listen 127.0.0.1:{self.port}")
            said = re.sub(r"http://(\w+):8470", lambda found: f"http://127.0.0.1:{services[found[1]]}", said)
            for old, new in instead.items():
                said = said.replace(old, new)
            root = "user root;\n" if os.geteuid() == 0 and name == "nginx.conf" else ""
            (folder / name).write_text(root + said, "utf-8")
        (folder / "sign_in.conf").write_text("", "utf-8")  # another test leads through it to Keycloak
        command = ["nginx", "-g", "daemon off;", "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        with self.log.open("wb") as said_here:
            self.process = subprocess.Popen(command, stdout=said_here, stderr=said_here)
        STARTED.append(self.process)
        while not _listens(self.port):
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    def said(self) -> str:
        """All that it ever logged, once it has ended."""
        self.process.terminate()
        self.process.wait(60)
        return self.log.read_text("utf-8")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """None is left running, however a test ends."""
    yield
    for process in STARTED:
        process.terminate()
        process.wait(60)
    STARTED.clear()


@pytest.fixture
def services() -> Iterator[dict[str, int]]:
    """Where each service is; nobody is where grants and referrals should be."""
    if shutil.which("nginx") is None:
        without("nginx: install it (Debian: nginx-light)")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        (nowhere,) = free_ports(1)
        yield dict.fromkeys(SERVICES, nowhere) | dict.fromkeys(("intake", "screening"), server.server_port)
        server.shutdown()


def test_no_log_says_which_case_somebody_asked_for(tmp_path: Path, services: dict[str, int]) -> None:
    nginx = Nginx(tmp_path, services, SMALLER | FEW)
    with nginx.client() as client:
        found = [client.get(f"/{name}{PATH}").status_code for name in ("screening", "grants", "intake", "intake")]
        assert found == [503, 503, 200, 429]
        assert client.get(f"/{REF}").status_code == 404
    said = nginx.said()
    assert REF not in said
    lines = [line.partition(" ")[2] for line in said.splitlines()]
    assert [re.sub(r"after \S+ s", "after", line) for line in lines[:3]] == [
        "screening GET 503 after, service said 504",
        "grants GET 503 after, service said 502",
        "intake GET 429 after, service said -",
    ]


def test_who_asks_too_much_is_told_so_in_three_languages(tmp_path: Path, services: dict[str, int]) -> None:
    nginx = Nginx(tmp_path, services, FEW)
    with nginx.client() as client:
        assert [client.get("/intake/health").status_code for _ in range(3)] == [200] * 3
        for language in ("km", "vi", "en"):
            answer = client.get("/intake/health", headers={"Accept-Language": language})
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["title"] == TITLES["too_many_requests"][language]
    nginx.said()


def test_a_service_learns_how_its_caller_addressed_it(tmp_path: Path, services: dict[str, int]) -> None:
    """A proof of a key (RFC 9449) is made for that address."""
    nginx = Nginx(tmp_path, services, {})
    with nginx.client() as client:
        answer = client.get("/intake/health", headers={"X-Forwarded-Proto": "https"})
        assert answer.headers["came-as"] == f"http://127.0.0.1:{nginx.port}"
    nginx.said()


def test_the_proxys_own_answers_have_the_headers_of_every_other(tmp_path: Path, services: dict[str, int]) -> None:
    nginx = Nginx(tmp_path, services, FEW)
    with nginx.client() as client:
        asked = ("/", "/nowhere", "/intake/metrics", "/grants/health", *["/intake/v1/cases"] * 3)
        answers = [client.get(path) for path in asked]
        assert [answer.status_code for answer in answers] == [200, 404, 404, 503, 200, 200, 429]
        for answer in answers:
            said = [(name.decode(), [value.decode()]) for name, value in STRICT]
            assert [(name, answer.headers.get_list(name)) for name, _ in said] == said, answer.url
    nginx.said()


def test_what_a_service_says_of_its_answer_stands(tmp_path: Path, services: dict[str, int]) -> None:
    nginx = Nginx(tmp_path, services, {})
    with nginx.client() as client:
        answer = client.get(OWN)
        assert [answer.headers.get_list(name.decode()) for name, _ in STRICT] == [["own"]] * len(STRICT)
        assert "retry-after" not in answer.headers
    nginx.said()


async def test_who_sends_nothing_is_cut_off(tmp_path: Path, services: dict[str, int]) -> None:
    nginx = await asyncio.to_thread(Nginx, tmp_path, services, SMALLER)
    reader, writer = await asyncio.open_connection("127.0.0.1", nginx.port)
    writer.write(f"GET /intake{PATH} HTTP/1.1\r\nHost: localhost\r\n".encode())
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), REST)
    writer.transport.abort()
    assert REF not in await asyncio.to_thread(nginx.said)


def test_every_time_and_rate_is_set() -> None:
    said = (PROXY / "nginx.conf").read_text("utf-8")
    for word in ("client_header", "client_body", "send", "keepalive", "proxy_connect", "proxy_send", "proxy_read"):
        assert re.search(rf"^\s+{word}_timeout \d+s;$", said, re.MULTILINE), word
    for small in (*SMALLER, *FEW, "limit_conn connections 400;"):
        assert small in said


def test_the_units_proxy_differs_in_places_only() -> None:
    places = (ROOT / "deploy/systemd/places.conf").read_text("utf-8")
    found = re.findall(r"^    (\w+) http://127\.0\.0\.1:(\d+);$", places, re.MULTILINE)
    assert found == [(name, str(8470 + number)) for number, name in enumerate(SERVICES, 1)]
    assert "listen 127.0.0.1:8470;" in (ROOT / "deploy/systemd/listen.conf").read_text("utf-8")
