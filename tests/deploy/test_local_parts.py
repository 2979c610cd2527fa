"""Apache Kafka and PostgreSQL as processes of this machine: ready when they say so, and back after kill -9."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import text

from deploy.local import keycloak
from deploy.local.kafka import Kafka
from deploy.local.ports import free_port, free_ports
from deploy.local.postgres import IN_MEMORY, Postgres, make_databases
from shared.errors import Unavailable
from shared.storage.postgres import PostgresDatabase

ROOT = Path(__file__).parents[2]
NO_JAVA = "def test_it(kafka_brokers: str) -> None: ..."


async def brokers_of(addresses: str) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=addresses)
    await admin.start()
    try:
        return len((await admin.describe_cluster())["brokers"])
    finally:
        await admin.close()


async def test_the_broker_of_this_run_answers(kafka_brokers: str) -> None:
    assert await brokers_of(kafka_brokers) >= 1


async def test_the_databases_of_a_test_are_there_and_hold_what_is_written(postgres_url: str) -> None:
    for service in ("intake", "screening", "referrals", "grants", "keys"):
        database = PostgresDatabase(postgres_url.replace("{service}", service), 1)
        await database.write(lambda conn: conn.execute(text("CREATE TABLE told (word TEXT)")))
        assert await database.read(lambda conn: conn.execute(text("SELECT count(*) FROM told")).scalar_one()) == 0
        await database.close()


async def test_postgres_killed_comes_back_at_its_address_with_its_rows(
    part_folder: Path,
) -> None:
    server = Postgres(part_folder, options=IN_MEMORY)
    await asyncio.to_thread(server.start)
    database = PostgresDatabase(make_databases(server.address).replace("{service}", "intake"), 1)
    try:
        await database.write(lambda conn: conn.execute(text("CREATE TABLE told AS SELECT 33 AS number")))
        server.kill()
        with pytest.raises(Unavailable):
            await database.read(lambda conn: conn.execute(text("SELECT number FROM told")).scalar_one())
        await asyncio.to_thread(server.start)
        assert await database.read(lambda conn: conn.execute(text("SELECT number FROM told")).scalar_one()) == 33
    finally:
        await database.close()
        server.stop()
    assert server.process is not None
    assert server.process.poll() == 0


@pytest.mark.slow
async def test_three_brokers_lose_one_and_take_it_back(kafka_brokers: str, part_folder: Path) -> None:
    cluster = Kafka(part_folder, 3)
    try:
        await asyncio.to_thread(cluster.start)
        assert await brokers_of(cluster.addresses) == 3
        cluster.kill(2)
        await asyncio.to_thread(cluster.start_again, 2)
        assert await brokers_of(cluster.addresses.split(",")[1]) == 3
        cluster.freeze(1)
        cluster.thaw(1)
    finally:
        await asyncio.to_thread(cluster.stop)


def started(*arguments: str) -> subprocess.Popen[str]:
    """`make kafka` and `make postgres` run this."""
    command = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "line"), [("kafka", "KAFKA_BROKERS=127.0"), ("postgres", "DATABASE_URL='postgresql://")]
)
def test_a_part_for_a_person_says_what_to_set_and_ends_when_asked(
    kafka_brokers: str, part_folder: Path, part: str, line: str
) -> None:
    with started(part, "--folder", str(part_folder), "--port", str(free_port())) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith(f"export HOMEWARD_{line}")
            assert any("Running" in said for said in iter(process.stdout.readline, ""))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.parametrize(("ci", "outcome"), [("false", "skipped"), ("true", "error")])
def test_without_java_a_test_is_left_out_loudly_and_fails_under_ci(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ("tests.support.parts",)\n', "utf-8")
    (tmp_path / "test_it.py").write_text(NO_JAVA, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_TEST_")}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        env=environment | {"CI": ci, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(rf"1 {outcome}", ran.stdout), ran.stdout + ran.stderr
    assert "no Apache Kafka: install Java 17" in ran.stdout


def test_keycloak_says_what_it_needs_before_it_can_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "deploy.local", "keycloak", "--folder", str(tmp_path / "folder")]
    ran = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("Keycloak cannot start: install Java 17")
    assert not (tmp_path / "folder").exists()
    monkeypatch.setattr(keycloak, "no_java", lambda: None)
    monkeypatch.setattr(keycloak, "DIST", tmp_path)
    assert keycloak.missing() == "install Maven and run `make keycloak`"


def test_free_ports_differ_and_a_taken_one_is_not_given() -> None:
    assert len(set(free_ports(20))) == 20
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert free_port(taken.getsockname()[1]) != taken.getsockname()[1]
    preferred = free_ports(1)[0]
    assert free_port(preferred) == preferred
