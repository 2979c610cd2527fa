"""The grounds on which faults are met: files and the embedded log, or PostgreSQL and Apache Kafka."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local import postgres
from shared.settings import Settings
from tests.support.load.ground import METADATA, Ground
from tests.support.told import STORY, Demo, Run


@pytest.fixture
def seed() -> int:
    """The seed of a load; HOMEWARD_TEST_SEED changes it."""
    return int(os.environ.get("HOMEWARD_TEST_SEED", "33"))


@pytest.fixture(scope="session")
def empty_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores of the load, brought up once and copied ever after."""
    folder = tmp_path_factory.mktemp("load")
    Ground("embedded", Settings(data_dir=folder)).make_tables()
    return folder


@pytest.fixture
def embedded(tmp_path: Path, empty_files: Path) -> Ground:
    """A ground of files."""
    shutil.copytree(empty_files, tmp_path / "data")
    return Ground("embedded", Settings(data_dir=tmp_path / "data"))


@pytest.fixture(scope="session")
def empty_databases(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same as databases, to be copied; their prefix."""
    prefix = f"load_{uuid.uuid4().hex[:8]}"
    url = postgres.make_databases(postgres_server, prefix)
    Ground("kafka", Settings(data_dir=tmp_path_factory.mktemp("empty"), database_url=SecretStr(url))).make_tables()
    yield prefix
    postgres.drop_databases(postgres_server, prefix)


@contextlib.contextmanager
def databases(server: str, template: str) -> Iterator[SecretStr]:
    """Databases of the load for one test."""
    prefix = f"fault_{uuid.uuid4().hex[:8]}"
    postgres.psql(server, [f"CREATE DATABASE {prefix}_{name} TEMPLATE {template}_{name}" for name in METADATA])
    yield SecretStr(f"{server}/{prefix}_{{service}}")
    postgres.drop_databases(server, prefix)


@pytest.fixture
def kafka(tmp_path: Path, kafka_brokers: str, postgres_server: str, empty_databases: str) -> Iterator[Ground]:
    """A ground of PostgreSQL and Apache Kafka."""
    (tmp_path / "data").mkdir()
    with databases(postgres_server, empty_databases) as url:
        yield Ground(
            "kafka",
            Settings(
                data_dir=tmp_path / "data",
                database_url=url,
                database_pool=8,
                kafka_brokers=kafka_brokers,
                kafka_topic=f"load-{uuid.uuid4().hex[:8]}",
                kafka_partitions=4,
                log_level="INFO",
            ),
        )


@pytest.fixture(params=["embedded", "kafka"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Every ground in turn."""
    found: Ground = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that nobody disturbed, and its tables."""
    demo = Demo(tmp_path_factory.mktemp("whole"), STORY)
    return demo, demo.play()
