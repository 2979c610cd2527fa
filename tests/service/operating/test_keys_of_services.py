"""The commands about keys where each service has its own: from one to four, on to others, to escrow and back."""

import os
import shutil
import signal
from pathlib import Path
from unittest import mock

import pytest
from pyrage import x25519

from services import SERVICES
from shared.sealing.keyfile import key_id, master_key
from tests.service.operating.test_backup import taken
from tests.support.operated import Operated
from tests.support.sealed_files import OURS, identity

ANNA = x25519.Identity.generate()


@pytest.fixture
def place(desk: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the keys lie from now on; the desk's data folder has the shared one still."""
    folder = tmp_path / "keys"
    monkeypatch.setenv("HOMEWARD_MASTER_KEY_FILE", f"{folder}/{{service}}/master.key")
    return folder


@pytest.fixture
def parted(desk: Operated, place: Path) -> Path:
    """Each service has its own key."""
    laid = desk.homeward("keys", "own", "--from", str(desk.folder / "master.key"))
    assert laid.status == 0, laid.err
    rotated = desk.homeward("keys", "rotate", "--json")
    assert (rotated.status, list(rotated.answer)) == (0, list(SERVICES)), rotated.err
    (desk.folder / "master.key").unlink()
    return place


def ids(place: Path) -> dict[str, str]:
    return {name: key_id(master_key(place / name / "master.key")) for name in SERVICES}


def test_from_one_key_to_four(desk: Operated, parted: Path) -> None:
    assert len(set(ids(parted).values())) == len(SERVICES)
    assert desk.homeward("keys", "check").status == 0
    checked = desk.homeward("check", "--json")
    assert checked.status == 0, checked.out


def test_a_move_that_was_killed_goes_on(desk: Operated, place: Path) -> None:
    shared = desk.folder / "master.key"
    assert desk.homeward("keys", "own", "--from", str(shared)).status == 0
    given = {"HOMEWARD_MASTER_KEY_FILE": os.environ["HOMEWARD_MASTER_KEY_FILE"]}
    killed = desk.process("keys", "rotate", HOMEWARD_TEST_FAILPOINT="keys.portion:2", **given)
    assert killed.status == -signal.SIGKILL, killed.err
    assert desk.homeward("keys", "check").status == 0
    assert desk.homeward("keys", "own", "--from", str(shared)).status in (0, 2)
    assert desk.homeward("keys", "rotate").status == 0
    assert len(set(ids(place).values())) == len(SERVICES)
    assert desk.homeward("keys", "check").status == 0


def test_where_all_share_one_key_nobody_has_a_file_of_its_own_to_lay_out(desk: Operated) -> None:
    refused = desk.homeward("keys", "own", "--from", str(desk.folder / "master.key"))
    assert (refused.status, "{service}" in refused.err) == (2, True)


def test_another_key_of_one_service_changes_no_other(desk: Operated, parted: Path, tmp_path: Path) -> None:
    before = ids(parted)
    assert desk.homeward("keys", "rotate", "--service", "grants").status == 0
    after = ids(parted)
    assert {name for name in SERVICES if before[name] != after[name]} == {"grants"}
    given = tmp_path / "given"
    given.touch(mode=0o600)
    given.write_bytes(b"g" * 32)
    refused = desk.homeward("keys", "rotate", "--new-master-key", str(given))
    assert (refused.status, "name one service" in refused.err) == (2, True)
    assert desk.homeward("keys", "rotate", "--service", "grants", "--new-master-key", str(given)).status == 0
    assert master_key(parted / "grants" / "master.key") == b"g" * 32
    assert desk.homeward("keys", "check").status == 0


def test_an_escrow_file_puts_each_services_key_back(desk: Operated, parted: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "keys.age", ids(parted)
    assert desk.homeward("keys", "export", str(file), "--recipient", str(ANNA.to_public())).status == 0
    shutil.rmtree(parted)
    assert "is missing" in desk.homeward("run").err
    who = ("--identity", str(identity(tmp_path, ANNA)))
    with mock.patch.dict(os.environ):
        del os.environ["HOMEWARD_MASTER_KEY_FILE"]
        refused = desk.homeward("keys", "restore", str(file), *who)
        assert (refused.status, "a key for each service" in refused.err) == (2, True)
    back = desk.homeward("keys", "restore", str(file), *who, "--json")
    assert (back.status, back.answer["in_force"]) == (0, before), back.err
    assert ids(parted) == before
    assert desk.homeward("keys", "check").status == 0


def test_a_backup_is_put_back_with_each_services_key(desk: Operated, parted: Path, tmp_path: Path) -> None:
    file, before = taken(desk), ids(parted)
    old = {name: tmp_path / f"{name}.key" for name in SERVICES}
    for name, path in old.items():
        shutil.copy(parted / name / "master.key", path)
    shutil.rmtree(parted)
    who = ("--identity", str(identity(tmp_path, OURS)), "--ledger", f"{file}.erasures")
    there = {"HOMEWARD_DATA_DIR": str(tmp_path / "new")}

    def restored(*names: str) -> tuple[int, str]:
        keys = [word for name in names for word in ("--master-key", str(old[name]))]
        ended = desk.homeward("restore", str(file), *who, *keys, **there)
        return ended.status, ended.err

    status, why = restored("intake", "screening", "referrals")
    assert (
        status,
        f"The master key of grants is missing: name the file of the one with the id {before['grants']}" in why,
    ) == (2, True), why
    assert not parted.exists()
    with mock.patch.dict(os.environ):
        del os.environ["HOMEWARD_MASTER_KEY_FILE"]
        status, why = restored(*SERVICES)
        assert (status, "a master key for each service" in why) == (2, True), why
    assert restored(*reversed(SERVICES)) == (0, "")
    assert ids(parted) == before
    assert desk.homeward("keys", "check", **there).status == 0


def test_a_backup_with_one_key_is_not_put_where_each_has_its_own(desk: Operated, tmp_path: Path) -> None:
    file, key = taken(desk), desk.folder / "master.key"
    words = ("--identity", str(identity(tmp_path, OURS)), "--ledger", f"{file}.erasures", "--master-key", str(key))
    there = {"HOMEWARD_DATA_DIR": str(tmp_path / "new"), "HOMEWARD_MASTER_KEY_FILE": f"{tmp_path}/k/{{service}}.key"}
    refused = desk.homeward("restore", str(file), *words, **there)
    assert (refused.status, "one master key for all" in refused.err) == (2, True), refused.err
    assert not (tmp_path / "k").exists()
