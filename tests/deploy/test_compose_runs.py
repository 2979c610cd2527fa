"""Every command, variable, port and health check of docker-compose.yml, run: the file as an engine would run it.

Added to it is deploy/site/compose.yml, with which devices of a centre reach it by TLS. So the story of the 33 is told;
a service that is gone is missed by nobody else, and comes back.
"""

import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local import keycloak
from deploy.local.ports import free_ports
from deploy.local.realm import practice
from deploy.make_env import write
from services import SERVICES
from shared.web.problems import TITLES
from tests.support.composed import ROOT, dotenv
from tests.support.parts import FOLDER, with_tls, without
from tests.support.private import Piece, leaks, of_story, pieces
from tests.support.rehearsal import Rehearsal

STORY = ROOT / "examples/long-an-33"
SITE = ROOT / "deploy/site/compose.yml"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, kafka_brokers: str) -> Iterator[Rehearsal]:
    """The whole file at work, with secrets of its own. `kafka_brokers` says loudly where no broker can run."""
    assert kafka_brokers
    with_tls()
    if shutil.which("nginx") is None:
        without("nginx: install it (Debian: nginx-light)")
    if todo := keycloak.missing():
        without(f"Keycloak: {todo}")
    folder = tmp_path_factory.mktemp("composed")
    write(folder / ".env")
    ports = free_ports(2)
    site = {"SITE_NAME": "localhost", "SITE_PORT": f":{ports[1]}", "PORT": str(ports[0])}
    given = dotenv(folder / ".env") | site | {"REALM": str(practice(STORY, folder / "practice"))}
    running = Rehearsal(folder, Path(tempfile.mkdtemp(dir=os.environ[FOLDER])), given, more=[SITE])
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def client(rehearsal: Rehearsal) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=rehearsal.address, timeout=30) as client:
        yield client


def homeward(rehearsal: Rehearsal, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a container of ours."""
    command = [str(Path(sys.executable).with_name("homeward")), *words]
    # As a device of the centre, which was told to trust the authority of this installation.
    trusted = {"SSL_CERT_FILE": str(rehearsal.certificates / "ca.pem")}
    environment = rehearsal.environment("migrate") | {"COLUMNS": "200"} | trusted
    return subprocess.run(
        command, env=environment, cwd=rehearsal.folder, capture_output=True, text=True, check=False, timeout=600
    )


def test_every_health_check_is_passed(rehearsal: Rehearsal) -> None:
    checked = [name for name, one in rehearsal.containers.items() if one.check]
    assert {*SERVICES, "postgres", "kafka", "keycloak", "proxy"} == set(checked)
    assert [name for name in checked if not rehearsal.healthy(name)] == []


def test_one_address_leads_to_all_four(rehearsal: Rehearsal, client: httpx.Client) -> None:
    assert client.get("/").json() == {"services": sorted(SERVICES)}
    for name in SERVICES:
        assert client.get(f"/{name}/health").json()["service"] == name
        assert client.get(f"/{name}/docs").status_code == 200
        assert client.get(f"/{name}/metrics").status_code == 404, "for the inner network only"
        inside = f"http://127.0.0.1:{rehearsal.ports[name, 8470]}/{name}/metrics"
        assert httpx.get(inside, headers={"Host": f"{name}:8470"}).status_code == 200, "as Prometheus asks"
    assert client.get("/nursery/v1/children").status_code == 404


def test_the_pages_to_sign_in_are_there_and_the_console_is_not(rehearsal: Rehearsal, client: httpx.Client) -> None:
    issuer = f"{rehearsal.site}/auth/realms/homeward"
    trusted = ssl.create_default_context(cafile=rehearsal.certificates / "ca.pem")
    described = httpx.get(f"{issuer}/.well-known/openid-configuration", verify=trusted).json()
    named = client.get("/.well-known/oauth-protected-resource").json()["authorization_servers"]
    assert named == [described["issuer"]] == [issuer]
    assert all(place.startswith(f"{issuer}/") for name, place in described.items() if name.endswith("_endpoint"))
    for shut in ("/auth/", "/auth/admin/", "/auth/admin/master/console/", "/auth/realms/master/", "/auth/health"):
        assert client.get(shut).status_code == 404
    for round in (
        "/auth/realms/homeward/../master/",
        "/auth/realms/homeward/%2e%2e/master/",
        "/auth/resources/..%2fadmin/",
    ):
        assert client.get(round).status_code == 404


def test_what_is_too_large_is_refused_by_the_service_in_its_own_words(client: httpx.Client) -> None:
    answer = client.post("/intake/v1/handovers", content=b" " * 1_100_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_the_story_is_told_through_the_proxy_and_all_views_are_exact(rehearsal: Rehearsal) -> None:
    password = str(rehearsal.folder / "practice" / "people")
    begun = homeward(rehearsal, "directory", "begin", str(ROOT / "examples" / "directory.toml"))
    assert begun.returncode == 0, begun.stdout + begun.stderr
    played = ("--at", rehearsal.site, "--scenario", str(STORY), "--password-file", password)
    told = homeward(rehearsal, "demo", *played)
    assert told.returncode == 0, told.stdout[-3000:]
    assert "Victim of trafficking" in told.stdout
    compared = homeward(rehearsal, "bus", "verify")
    assert compared.returncode == 0, compared.stdout
    assert "exact" in compared.stdout.lower()


def test_no_private_value_of_the_story_lies_in_any_database_segment_or_metric(rehearsal: Rehearsal) -> None:
    """The servers' own files as they are: tables with rows that nobody sees any more, write-ahead logs, segments."""
    names, told = set[str](), set[str]()

    def servers() -> Iterator[Piece]:
        for piece in pieces(rehearsal.part_folder):
            names.add(piece.name)
            told.update({piece.name.partition("/")[0]} if b"intake.case.opened.v1" in piece.content else ())
            yield piece

    assert leaks(servers(), of_story(STORY)) == []
    assert told >= {"postgres", "kafka"}, "the story stands in what was looked at"
    for kind in (r"postgres/\S*base/\d+/\d+", r"postgres/\S*pg_wal/[0-9A-F]{24}", r"kafka/\S*-\d+/\d{20}\.log"):
        assert [name for name in names if re.fullmatch(kind, name)], kind
    for name in SERVICES:
        inside = f"http://127.0.0.1:{rehearsal.ports[name, 8470]}/{name}/metrics"
        page = httpx.get(inside, headers={"Host": f"{name}:8470"})
        assert page.status_code == 200
        assert leaks([Piece(f"metrics of {name}", page.content)], of_story(STORY)) == []


def test_each_process_has_stayed_within_its_limits(rehearsal: Rehearsal) -> None:
    """After the story: what an engine would count, and it would end a process that goes beyond."""
    for name in (*SERVICES, "proxy"):
        limits = rehearsal.containers[name].said["deploy"]["resources"]["limits"]
        first = psutil.Process(rehearsal.processes[name].pid)
        every = [first, *first.children(recursive=True)]
        memory, tasks = sum(one.memory_info().rss for one in every), sum(one.num_threads() for one in every)
        assert memory <= int(limits["memory"].removesuffix("M")) * 1024**2, f"{name}: {memory}"
        assert tasks <= limits["pids"] / 2, f"{name}: {tasks}"


def test_a_service_that_is_gone_is_unavailable_in_three_languages_and_comes_back(
    rehearsal: Rehearsal, client: httpx.Client
) -> None:
    gone = rehearsal.processes["grants"]
    gone.kill()
    gone.wait()
    assert not rehearsal.healthy("grants")
    for language in ("km", "vi", "en"):
        answer = client.get("/grants/v1/programmes", headers={"Accept-Language": language})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "unavailable"
        assert answer.json()["title"] == TITLES["unavailable"][language]
    assert client.get("/intake/health").status_code == 200
    rehearsal.begin(rehearsal.containers["grants"])
    rehearsal.wait_for("grants", "service_healthy")
    assert client.get("/grants/health").status_code == 200


def test_everything_ends_in_the_time_it_is_given(rehearsal: Rehearsal) -> None:
    """The last test here: nothing runs afterwards."""
    rehearsal.stop()
    assert all(process.poll() is not None for process in rehearsal.processes.values())
