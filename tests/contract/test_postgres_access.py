"""Each service reaches its own database alone, by TLS: the server of docker-compose.yml, its roles and its rules.

The product's own connections, set by the variables of each container in the file.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from deploy.certificates import CERTIFICATE, issue
from deploy.make_env import write
from services import SERVICES
from shared import stores
from shared.errors import Unavailable
from shared.settings import Settings
from shared.storage.postgres import PostgresDatabase
from tests.support.composed import dotenv
from tests.support.parts import FOLDER, with_tls
from tests.support.rehearsal import Rehearsal


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The file's server, once `migrate` has ended well."""
    with_tls()
    folder = tmp_path_factory.mktemp("access")
    write(folder / ".env")
    running = Rehearsal(folder, Path(tempfile.mkdtemp(dir=os.environ[FOLDER])), dotenv(folder / ".env"))
    try:
        running.start_only("certificates", "postgres", "migrate")
        running.wait_for("migrate", "service_completed_successfully")
        yield running
    finally:
        running.stop()


def settings_of(running: Rehearsal, name: str) -> Settings:
    """What a container's process would read from its environment."""
    said = running.environment(name)
    names = ("database_url", "master_key_file")
    return Settings.model_validate({key: said[f"HOMEWARD_{key.upper()}"] for key in names})


async def asked(url: str, question: str = "SELECT current_user") -> object:
    """One question over the product's own connection."""
    database = PostgresDatabase(url, 1, 10.0)
    try:
        return await database.read(lambda conn: conn.execute(text(question)).scalar_one())
    finally:
        await database.close()


async def test_each_service_reads_and_writes_its_own_database_and_no_other(guarded: Rehearsal) -> None:
    for name in SERVICES:
        settings = settings_of(guarded, name)
        assert await asked(stores.url_for(settings, name)) == name
        assert await asked(stores.url_for(settings, name), "SELECT count(*) FROM stream") == 0
        for other in {*SERVICES, "postgres"} - {name}:
            with pytest.raises(SQLAlchemyError, match="permission denied for database"):
                await asked(stores.url_for(settings, other).replace("homeward_postgres", "postgres"))


async def test_a_service_makes_keys_and_changes_no_table_of_theirs(guarded: Rehearsal) -> None:
    settings = settings_of(guarded, "intake")
    keys = await asyncio.to_thread(stores.key_store_for, settings)
    try:
        made = await keys.obtain("intake", ["person/1"], create=True)
        assert await keys.obtain("intake", ["person/1"], create=False) == made
    finally:
        await keys.close()
    database = PostgresDatabase(stores.url_for(settings, "keys"), 1, 10.0)
    with pytest.raises(SQLAlchemyError):
        await database.write(lambda conn: conn.execute(text("DROP TABLE data_key")))
    await database.close()


async def test_the_operator_acts_in_each_database_as_its_service(guarded: Rehearsal) -> None:
    settings = settings_of(guarded, "migrate")
    assert [await asked(stores.url_for(settings, name)) for name in SERVICES] == list(SERVICES)
    owners = "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'"
    for name in (*SERVICES, "keys"):
        assert await asked(stores.url_for(settings, name), owners) == name


async def test_without_tls_nobody_gets_in_and_a_server_of_another_authority_is_not_spoken_to(
    guarded: Rehearsal, tmp_path: Path
) -> None:
    url = stores.url_for(settings_of(guarded, "intake"), "intake")
    assert await asked(url) == "intake"
    plain = url.partition("?")[0]
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        await asyncpg.connect(plain, ssl="disable")
    with pytest.raises(Unavailable):
        await asked(f"{plain}?sslmode=disable")
    issue(tmp_path, tmp_path, {})
    with pytest.raises(Unavailable):
        await asked(f"{plain}?sslmode=verify-full&sslrootcert={tmp_path / CERTIFICATE}")
    with pytest.raises(Unavailable):
        await asked(url.replace(guarded.given["INTAKE_DATABASE_PASSWORD"], "wrong"))


async def test_a_backup_is_read_by_tls_too(guarded: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{with_tls()}:{os.environ['PATH']}")
    snapshot = stores.snapshot_of(settings_of(guarded, "migrate"), "intake")
    assert await snapshot.hold(5)
    await snapshot.open()
    await snapshot.release()
    await snapshot.copy(tmp_path / "intake.dump")
    await snapshot.close()
    assert (tmp_path / "intake.dump").read_bytes().startswith(b"PGDMP")


async def test_the_servers_log_shows_no_row(guarded: Rehearsal) -> None:
    database = PostgresDatabase(stores.url_for(settings_of(guarded, "intake"), "intake"), 1, 10.0)
    row = text("INSERT INTO counter (name, value) VALUES ('told-in-a-row', 1)")
    await database.write(lambda conn: conn.execute(row))
    with pytest.raises(SQLAlchemyError):
        await database.write(lambda conn: conn.execute(row))
    await database.close()
    said = (guarded.part_folder / "postgres" / "log.txt").read_text("utf-8")
    assert "duplicate key value" in said
    assert "Key (name)=" not in said


async def test_a_password_is_changed_while_connections_are_open(guarded: Rehearsal) -> None:
    """The last test here: the password in the file is an old one afterwards."""
    url = stores.url_for(settings_of(guarded, "grants"), "grants")
    database = PostgresDatabase(url, 1, 10.0)
    await database.write(lambda conn: conn.execute(text("ALTER ROLE grants PASSWORD 'newer'")))
    await database.write(lambda conn: conn.execute(text("SELECT 1")))
    await database.close()
    with pytest.raises(Unavailable):
        await asked(url)
    assert await asked(url.replace(guarded.given["GRANTS_DATABASE_PASSWORD"], "newer")) == "grants"
