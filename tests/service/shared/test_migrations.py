"""Migrations make the tables that code expects; what is known of them without Alembic is what Alembic says."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from services import SERVICES
from shared import stores
from shared.settings import Settings
from shared.storage import migrations, revisions
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
