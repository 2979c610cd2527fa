"""A damaged file of the data folder: one plain sentence that names it, from every command, and never a traceback."""

from pathlib import Path

import pytest

from shared.storage import damage
from tests.support.operated import Operated

PAGE = 4096


def _damage(path: Path, how: str) -> None:
    with path.open("r+b") as file:
        match how:
            case "text":
                file.write(b"hello " * 1000)
            case "zeros":
                file.seek(2 * PAGE)
                file.write(bytes(PAGE))
            case "cut":
                file.truncate(3 * PAGE)


COMMANDS = (("run",), ("check",), ("migrate",), ("bus", "verify"), ("demo", "--exit"), ("backup", "b.age"))


@pytest.mark.parametrize(("name", "how"), [("intake", "cut"), ("keys", "text"), ("bus", "zeros"), ("grants", "zeros")])
def test_a_damaged_file_is_named_with_its_runbook(desk: Operated, name: str, how: str) -> None:
    path = desk.folder / f"{name}.db"
    _damage(path, how)
    content = path.read_bytes()
    for words in COMMANDS:
        more = (
            ("--recipient", "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z")
            if "b.age" in words
            else ()
        )
        ended = desk.homeward(*words, *more)
        assert ended.status == (1 if words == ("check",) else 2), words
        said = ended.out + ended.err
        assert f"{name}.db is damaged" in said.replace("\n", ""), words
        assert "docs/runbooks/damaged.md" in said.replace("\n", ""), words
        assert path.read_bytes() == content, "what is damaged is left as it is"
    assert (Path(__file__).parents[3] / "docs/runbooks/damaged.md").exists()


def test_one_that_cannot_be_opened_is_named_too(desk: Operated) -> None:
    (desk.folder / "grants.db").unlink()
    (desk.folder / "grants.db").mkdir()
    for words in (("run",), ("check",), ("bus", "lag")):
        ended = desk.homeward(*words)
        assert ended.status == (1 if words == ("check",) else 2)
        assert "grants.db cannot be opened" in (ended.out + ended.err).replace("\n", "")


def test_a_file_that_is_too_large_for_a_start_is_read_by_a_check(
    desk: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage, "AT_A_START", 0)
    _damage(desk.folder / "grants.db", "zeros")
    checked = desk.homeward("check", "--json")
    assert checked.status == 1
    assert [(point["what"], point["ok"]) for point in checked.answer["checks"]] == [("file grants.db", False)]
    [[page]] = desk.sql("intake", "select rootpage from sqlite_master where name = 'alembic_version'")
    with (desk.folder / "intake.db").open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(bytes(PAGE))
    ended = desk.homeward("bus", "lag")
    assert (ended.status, "`homeward check` says why" in ended.err) == (2, True), ended
