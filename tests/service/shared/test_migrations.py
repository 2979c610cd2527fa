"""Migrations make the tables that code expects; what is known of them without Alembic is what Alembic says."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, select, text

from services import SERVICES
from shared import stores
from shared.columns import Instant
from shared.settings import Settings
from shared.storage import migrations, revisions
from shared.storage.once import sqlite_url, with_connection
from shared.storage.revisions import UnknownRevision


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_tables_of_the_models(service: str) -> None:
    assert migrations.differences(f"services.{service}") == []


@pytest.mark.parametrize("service", SERVICES)
def test_revisions_are_known_by_the_names_of_their_files(service: str) -> None:
    config = Config()
    config.set_main_option("script_location", f"services/{service}/migrations")
    scripts = ScriptDirectory.from_config(config)
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert list(revisions.known(f"services.{service}")) == newest_first[::-1]
    assert revisions.head(f"services.{service}") == scripts.get_current_head()


def test_a_store_is_brought_up_once_and_one_of_a_newer_homeward_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    for _ in range(2):
        stores.bring_up(settings, "grants")
    with pytest.MonkeyPatch.context() as older:
        older.setattr(revisions, "known", lambda _: ("0001",))
        with pytest.raises(UnknownRevision, match="newer Homeward"):
            stores.bring_up(settings, "grants")


def test_alembic_is_loaded_only_where_there_is_something_to_bring_up() -> None:
    code = "import sys, services.hosting.embedded, shared.stores; print('alembic' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "False"


NOW = datetime(2020, 11, 4, 1, 0, tzinfo=UTC)
OLD = "INSERT INTO attention (subject, cause, reaction, code, at) VALUES ('case/1', :cause, 'greet', 'refused', :at)"
"""As a process writes it that knows nothing of refs and dismissals: it may run for a while beside newer ones."""


@pytest.mark.parametrize("form", ["sqlite", "postgres"])
def test_attention_that_an_older_process_raised_is_read_like_any_other(
    form: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    service, package = "referrals", "services.referrals"
    url = sqlite_url(tmp_path / "old.db")
    if form == "postgres":
        url = request.getfixturevalue("postgres_url").replace("{service}", service)
    [changed] = Path("services/referrals/migrations/versions").glob("*_people_read_and_dismiss_attention.py")
    before = revisions.known(package)[revisions.known(package).index(changed.name[:4]) - 1]

    def old(connection: Connection) -> None:
        migrations.bring_to(package, url, connection, before)
        connection.execute(text(OLD).bindparams(bindparam("at", type_=Instant())), {"cause": "before", "at": NOW})

    with_connection(url, old)
    migrations.upgrade(package, url)
    late = text(OLD).bindparams(bindparam("at", type_=Instant()))
    with_connection(url, lambda connection: connection.execute(late, {"cause": "beside", "at": NOW}))
    table = migrations.metadata_of(package).tables["attention"]
    rows = with_connection(url, lambda connection: connection.execute(select(table)).mappings().all())
    assert len({row["ref"] for row in rows if re.fullmatch("[0-9a-f]{32}", row["ref"])}) == 2
    assert [(row["cause"], row["status"], row["version"]) for row in rows] == [
        ("before", "open", 1),
        ("beside", "open", 1),
    ]
    assert (rows[0]["recorded_at"], rows[0]["updated_at"]) == (NOW, NOW)
    assert rows[1]["recorded_at"] > NOW
