"""Before a store of the embedded form is migrated all of them are copied, so that there is a way back."""

import shutil
import sqlite3
from pathlib import Path

from alembic import command

from services.hosting.embedded import Embedded
from shared.settings import Settings
from shared.storage import migrations, revisions
from shared.storage.copies import FOLDER, KEPT
from shared.storage.file_snapshot import rows_in
from shared.storage.once import sqlite_url, with_connection
from tests.support.callers import invented
from tests.support.operated import Operated


def newest(service: str) -> str:
    return revisions.head(f"services.{service}") or ""


def before_it(service: str) -> str:
    return f"{int(newest(service)) - 1:04}"


def set_back(desk: Operated, service: str) -> None:
    """Let a store be as the version before left it."""
    url = sqlite_url(desk.folder / f"{service}.db")
    config = migrations._config(f"services.{service}", url)

    def back(connection: object) -> None:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")

    with_connection(url, back)


def revision(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        [[found]] = connection.execute("select version_num from alembic_version").fetchall()
    connection.close()
    return str(found)


def copies(desk: Operated) -> list[Path]:
    return sorted((desk.folder / FOLDER).iterdir()) if (desk.folder / FOLDER).exists() else []


def test_a_copy_is_kept_from_which_the_version_before_goes_on(desk: Operated) -> None:
    assert desk.homeward("migrate").status == 0
    assert copies(desk) == []
    set_back(desk, "grants")
    before = {path.name: rows_in(path) for path in desk.folder.glob("*.db")}
    assert desk.homeward("migrate", "--json").answer["grants"] == {"was": before_it("grants"), "is": newest("grants")}
    [copy] = copies(desk)
    assert {path.name: rows_in(path) for path in copy.iterdir()} == {
        name: rows for name, rows in before.items() if name != "keys.db"
    }
    assert (revision(copy / "grants.db"), revision(desk.folder / "grants.db")) == (
        before_it("grants"),
        newest("grants"),
    )
    assert {path.stat().st_mode & 0o077 for path in (copy, copy.parent)} == {0}

    for path in copy.iterdir():
        shutil.copy(path, desk.folder / path.name)
    assert {path.name: rows_in(path) for path in desk.folder.glob("*.db")} == before


def test_a_start_copies_too_and_few_are_kept(desk: Operated) -> None:
    for _ in range(KEPT + 1):
        last = copies(desk)[-1:]
        set_back(desk, "intake")
        product = Embedded(Settings(data_dir=desk.folder), loops=False, identify=invented)
        assert product.hold is not None
        product.hold.release()
        assert copies(desk)[-1:] != last
    assert len(copies(desk)) == KEPT
    assert revision(copies(desk)[-1] / "intake.db") == before_it("intake")


def test_without_a_copy_nothing_is_migrated(desk: Operated) -> None:
    set_back(desk, "screening")
    (desk.folder / FOLDER).write_text("no folder")
    for words in (("migrate",), ("run",)):
        ended = desk.homeward(*words)
        assert (ended.status, "Nothing was migrated" in ended.err) == (2, True), ended
    assert revision(desk.folder / "screening.db") == before_it("screening")
