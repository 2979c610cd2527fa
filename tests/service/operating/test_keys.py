"""`homeward keys`: all is counted, the master key can be another, and what was lost comes back from escrow."""

import json
import signal
from importlib.metadata import version
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from services import SERVICES
from shared.sealing.in_force import NAMES
from shared.sealing.keyfile import PAGE, key_id, master_key
from tests.support.operated import Operated

ANNA, BORA, EVE = (x25519.Identity.generate() for _ in range(3))


def identity(folder: Path, who: x25519.Identity) -> str:
    """A file as `age-keygen` writes it."""
    path = folder / "identity.txt"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"# public key: {who.to_public()}\n{who}\n")
    return str(path)


def test_every_key_is_opened_and_counted(desk: Operated) -> None:
    found = desk.homeward("keys", "check", "--json")
    assert found.status == 0
    services = found.answer["services"]
    assert list(services) == [*SERVICES, "secrets"]
    assert services["intake"]["keys"] == 3
    assert services["secrets"] == {"keys": len(NAMES), "unopened": 0, "keyless": 0}
    assert "sealed without one" in desk.homeward("keys", "check").out


@pytest.mark.parametrize(
    ("damage", "column"),
    [
        ("UPDATE data_key SET wrapped = x'00' WHERE rowid = 1", "unopened"),
        ("DELETE FROM data_key WHERE rowid = 1", "keyless"),
    ],
)
def test_a_key_that_does_not_open_and_a_row_without_one_are_found(desk: Operated, damage: str, column: str) -> None:
    desk.sql("keys", damage)
    found = desk.homeward("keys", "check", "--json")
    assert found.status == 1
    assert found.answer["services"]["intake"][column] == 1


def test_another_master_key_while_the_product_runs(desk: Operated) -> None:
    path = desk.folder / "master.key"
    old = key_id(master_key(path))
    with desk.running():
        rotated = desk.homeward("keys", "rotate", "--json")
        assert rotated.status == 0, rotated.err
        assert (rotated.answer["was"], rotated.answer["now"]) == (old, key_id(master_key(path)))
        assert rotated.answer["wrapped"] == 5 + len(NAMES)
        assert desk.homeward("keys", "check").status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert desk.homeward("keys", "check").status == 0
    assert desk.homeward("check", "--json").status == 0


@pytest.mark.parametrize("moment", ["keys.portion", "keys.old_kept"])
def test_a_rotation_that_was_killed_goes_on(desk: Operated, moment: str) -> None:
    killed = desk.process("keys", "rotate", HOMEWARD_TEST_FAILPOINT=moment)
    assert killed.status == -signal.SIGKILL
    assert desk.homeward("keys", "check").status == 0
    assert desk.homeward("keys", "rotate").status == 0
    assert desk.homeward("keys", "check").status == 0
    assert not (desk.folder / "master.key.next").exists()
    assert desk.homeward("check").status == 0


def test_other_keys_of_people_killed_and_run_again(desk: Operated) -> None:
    killed = desk.process("keys", "rotate", "--subjects", HOMEWARD_TEST_FAILPOINT="keys.portion_anew")
    assert killed.status == -signal.SIGKILL
    done = desk.homeward("keys", "rotate", "--subjects", "--json")
    assert (done.status, list(done.answer)) == (0, list(SERVICES)), done.err
    assert done.answer["intake"] == {"keys": 0, "values": 0, "unopened_keys": 0, "unopened_values": 0}
    again = desk.homeward("keys", "rotate", "--subjects", "--service", "intake", "--json")
    assert again.answer == {"intake": {"keys": 3, "values": 3, "unopened_keys": 0, "unopened_values": 0}}
    assert desk.homeward("keys", "check").status == 0
    desk.sql("intake", "UPDATE line SET as_received = x'0100' WHERE rowid = 1")
    told = desk.homeward("keys", "rotate", "--subjects", "--service", "intake")
    assert (told.status, "Keys of people" in told.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--subjects", "--new-master-key", "k"], "one after the other"),
        (["--service", "intake"], "goes with --subjects"),
    ],
)
def test_a_rotation_is_of_one_kind(desk: Operated, words: list[str], said: str) -> None:
    refused = desk.homeward("keys", "rotate", *words)
    assert (refused.status, said in refused.err) == (2, True)


def test_keys_that_are_an_older_copy_are_told_and_forgone_only_when_asked(desk: Operated) -> None:
    desk.sql("intake", "INSERT INTO counter (name, value) VALUES ('keys_made', 2)")
    for words in (["check"], ["keys", "check"], ["keys", "rotate", "--subjects"]):
        ended = desk.homeward(*words)
        assert ended.status in (1, 2), words
        assert "it lacks 2 keys" in ended.err + ended.out, words
    assert desk.homeward("migrate", "--keys-lost", "intake").status == 0
    assert desk.homeward("check").status == 0


def test_a_next_key_of_ones_own_must_be_a_key(desk: Operated, tmp_path: Path) -> None:
    own = tmp_path / "own.key"
    refused = desk.homeward("keys", "rotate", "--new-master-key", str(own))
    assert (refused.status, str(own) in refused.err) == (2, True)
    own.touch(mode=0o600)
    own.write_bytes(b"k" * 32)
    assert desk.homeward("keys", "rotate", "--new-master-key", str(own)).out.startswith("The master key is")
    assert master_key(desk.folder / "master.key") == b"k" * 32
    again = desk.homeward("keys", "rotate", "--new-master-key", str(own))
    assert (again.status, "is the master key in use" in again.err) == (2, True)


def test_what_was_exported_comes_back(desk: Operated, tmp_path: Path) -> None:
    path, file = desk.folder / "master.key", tmp_path / "keys.age"
    key = path.read_bytes()
    to = [word for who in (ANNA, BORA) for word in ("--recipient", str(who.to_public()))]
    assert desk.homeward("keys", "export", str(file), *to).status == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert key not in file.read_bytes()
    assert desk.homeward("keys", "export", str(file), *to).status == 2
    path.unlink()
    refused = desk.homeward("run")
    assert (refused.status, "master.key is missing" in refused.err, PAGE in refused.err) == (2, True, True)
    assert desk.homeward("check", "--json").status == 1
    assert desk.homeward("keys", "restore", str(file), "--identity", identity(tmp_path, EVE)).status == 2
    assert not path.exists()
    bora = ("--identity", identity(tmp_path, BORA))
    checked = desk.homeward("keys", "restore", str(file), *bora, "--check", "--json")
    assert (checked.answer["written"], checked.answer["in_force"]) == ([], key_id(key))
    assert desk.homeward("keys", "restore", str(file), *bora).status == 0
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (key, 0o600)
    assert desk.homeward("keys", "check").status == 0


def test_a_key_is_never_written_over(desk: Operated, tmp_path: Path) -> None:
    file, path = tmp_path / "keys.age", desk.folder / "master.key"
    assert desk.homeward("keys", "export", str(file), "--recipient", str(ANNA.to_public())).status == 0
    path.write_bytes(b"o" * 32)
    back = desk.homeward("keys", "restore", str(file), "--identity", identity(tmp_path, ANNA))
    assert (back.status, path.read_bytes()) == (2, b"o" * 32)
    assert "another key" in back.err


def test_an_escrow_file_says_with_any_tool_what_it_holds(desk: Operated, tmp_path: Path) -> None:
    file = tmp_path / "keys.age"
    desk.homeward("keys", "export", str(file), "--recipient", str(ANNA.to_public()))

    content = json.loads(pyrage.decrypt(file.read_bytes(), [ANNA]))
    assert set(content["master_keys"]) == {content["in_force"]}
    assert set(content["secrets"]) == set(NAMES)


@pytest.mark.parametrize("to", [["--recipient", "anna"], ["--recipient", str(ANNA)]])
def test_what_is_no_recipient_is_refused_and_nothing_is_written(desk: Operated, tmp_path: Path, to: list[str]) -> None:
    ended = desk.homeward("keys", "export", str(tmp_path / "keys.age"), *to)
    assert (ended.status, "age1" in ended.err) == (2, True)
    assert "AGE-SECRET" not in ended.err
    assert not (tmp_path / "keys.age").exists()


@pytest.mark.parametrize("words", [["check"], ["rotate"], ["export", "keys.age", "--recipient", str(ANNA.to_public())]])
def test_where_no_key_is_none_is_made(desk: Operated, words: list[str], tmp_path: Path) -> None:
    (desk.folder / "master.key").unlink()
    ended = desk.homeward("keys", *words)
    assert (ended.status, "master.key" in ended.err) == (2, True)
    assert not list(desk.folder.glob("master.key*"))


def test_a_lost_store_begins_anew_only_when_asked(desk: Operated) -> None:
    (desk.folder / "grants.db").unlink()
    for words in (["run"], ["migrate"], ["migrate", "--new-store", "intake"]):
        ended = desk.homeward(*words)
        assert (ended.status, "--new-store grants" in ended.err) == (2, True), words
        assert not (desk.folder / "grants.db").exists()
    assert desk.homeward("migrate", "--new-store", "nursery").status == 2
    assert desk.homeward("migrate", "--new-store", "grants").status == 0
    assert desk.homeward("check").status == 0


def test_the_version_is_told(desk: Operated) -> None:
    told = desk.homeward("--version")
    assert (told.status, told.out) == (0, f"homeward {version('homeward')}\n")
