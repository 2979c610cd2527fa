"""Backups as an operator takes and restores them: whole, of one moment, for their recipients alone."""

import hashlib
import io
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519

from services import SERVICES
from services.operating.archive import Manifest, Store, Unreadable, pack, unpack
from shared import stores
from shared.erasing.ledger import Erased, ErasureLedger
from shared.sealing import Reached, age
from shared.storage.folder import Hold
from tests.support.operated import Ended, Operated, operated
from tests.support.sealed_files import OURS, STRANGER, THEIRS, identity, secret


def taken(desk: Operated, name: str = "one.age") -> Path:
    path = desk.folder.parent / name
    to = (word for one in (OURS, THEIRS) for word in ("--recipient", str(one.to_public())))
    ended = desk.homeward("backup", str(path), *to)
    assert ended.status == 0, ended.err
    return path


def restored(
    desk: Operated,
    path: Path,
    *more: str,
    into: str = "new",
    who: x25519.Identity = OURS,
    key: Path | None = None,
) -> Ended:
    place = desk.folder.parent
    words: tuple[str, ...] = (
        "--identity",
        str(identity(place, who)),
        "--master-key",
        str(key or desk.folder / "master.key"),
    )
    if "--check" not in more:
        words = (*words, "--ledger", str(desk.folder.with_name("data.erasures")))
    return desk.homeward("restore", str(path), *words, *more, HOMEWARD_DATA_DIR=str(place / into))


def tables(folder: Path) -> dict[str, list[str]]:
    """Every row of every file, as text."""
    found = {}
    for path in sorted(folder.glob("*.db")):
        connection = sqlite3.connect(path)
        found[path.name] = [line for line in connection.iterdump() if line.startswith("INSERT")]
        connection.close()
    return found


BEGUN = ("generation", "peer", "life", "audit", "bus_offset")
"""Where a new generation is written, and how far its readers are: they begin anew."""


def kept(folder: Path) -> dict[str, list[str]]:
    """Every row but those that tell of a generation."""
    begun = tuple(f'INSERT INTO "{name}"' for name in BEGUN)
    return {
        name: [line for line in lines if not line.startswith((*begun, 'INSERT INTO "stream"'))]
        for name, lines in tables(folder).items()
    }


def test_what_is_restored_is_what_was_there(desk: Operated) -> None:
    path = taken(desk)
    before = kept(desk.folder)
    streams = "select subject, version from stream order by subject"
    for who, into in ((OURS, "first"), (THEIRS, "second")):
        ended = restored(desk, path, into=into, who=who)
        assert (ended.status, ended.err) == (0, "")
        assert kept(desk.folder.parent / into) == before
        assert operated(desk.folder.parent / into).sql("intake", streams) == desk.sql("intake", streams)
        for service in SERVICES:
            assert set(operated(desk.folder.parent / into).sql(service, "select next from bus_offset")) == {(0,)}
    again = operated(desk.folder.parent / "first")
    assert again.homeward("bus", "verify", "--deep", "--patience", "0").status == 0
    assert {path.stat().st_mode & 0o077 for path in again.folder.iterdir()} == {0}
    assert not [left for left in desk.folder.iterdir() if left.name.startswith("homeward-")]
    assert not list(desk.folder.parent.glob("*.part"))


def test_a_backup_during_which_old_keys_ended_is_refused(desk: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = iter(dict.fromkeys(SERVICES, keys) for keys in (Reached(), Reached(3, 3)))
    monkeypatch.setattr(stores, "keys_reached", lambda *_: next(counted))
    path = desk.folder.parent / "one.age"
    ended = desk.homeward("backup", str(path), "--recipient", str(OURS.to_public()))
    assert (ended.status, "take it once more" in ended.err) == (2, True)
    assert not [left for left in path.parent.iterdir() if left.name.startswith(path.name)]


def test_a_backup_is_proven_without_being_restored(desk: Operated) -> None:
    path = taken(desk)
    ended = restored(desk, path, "--check", "--json")
    assert (ended.status, ended.answer["sound"], ended.answer["wrong"]) == (0, True, 0)
    assert ended.answer["opened"] == 3
    assert not (desk.folder.parent / "new").exists()


def test_a_backup_of_what_was_wrong_is_not_sound(desk: Operated) -> None:
    for number, (statement, said) in enumerate(
        (
            ("update facet set data = '{\"nobody\":1}' where source = 'intake'", "places of views are wrong"),
            ("update line set as_received = zeroblob(80)", "values in line.as_received do not open"),
        )
    ):
        desk.sql("intake", statement)
        ended = restored(desk, taken(desk, f"{number}.age"), "--check")
        assert ended.status == 1
        assert said in ended.out
        assert ended.out.endswith("NOT SOUND.\n")


def test_what_is_on_its_way_to_a_view_is_counted_and_no_fault(desk: Operated) -> None:
    desk.sql("grants", "delete from heard")
    desk.sql("grants", "delete from facet")
    ended = restored(desk, taken(desk), "--check", "--json")
    assert (ended.status, ended.answer["on_the_way"], ended.answer["wrong"]) == (0, 3, 0)


def test_no_backup_of_the_stores_holds_a_key(desk: Operated, tmp_path: Path) -> None:
    path = taken(desk)
    keys = [bytes(row[0]) for row in desk.sql("keys", "select wrapped from data_key")]
    assert keys
    held = {}
    for name in ("one.age", "one.age.keys"):
        (tmp_path / f"of {name}").mkdir()
        unpack(path.with_name(name), tmp_path / f"of {name}", [OURS], lambda *_: None)
        found = b"".join(file.read_bytes() for file in (tmp_path / f"of {name}").iterdir())
        held[name] = [key in found for key in (*keys, (desk.folder / "master.key").read_bytes())]
    assert held == {"one.age": [False] * (len(keys) + 1), "one.age.keys": [True] * len(keys) + [False]}


def test_later_keys_open_an_earlier_backup_and_earlier_ones_are_refused(desk: Operated) -> None:
    early, late = taken(desk, "early.age"), taken(desk, "late.age")
    keys = ("--keys", f"{late}.keys")
    assert restored(desk, early, "--check", *keys).status == 0
    assert restored(desk, early, *keys).status == 0
    ended = restored(desk, late, "--keys", f"{early}.keys", into="other")
    assert (ended.status, "lacks keys" in ended.err) == (2, True)


def test_a_restore_goes_into_an_empty_place_only(desk: Operated) -> None:
    path = taken(desk)
    before = tables(desk.folder)
    ended = restored(desk, path, into="data")
    assert ended.status == 2
    assert "empty folder only" in ended.err
    assert tables(desk.folder) == before
    with Hold(desk.folder.parent / "taken"):
        ended = restored(desk, path, into="taken")
    assert (ended.status, "is at work in" in ended.err) == (2, True)


def changed(path: Path, how: str) -> Path:
    """A copy that something happened to."""
    content = bytearray(path.read_bytes())
    if how == "flipped":
        content[len(content) // 2] ^= 1
    into = path.with_name(f"{how}.age")
    into.write_bytes(
        bytes({"cut": content[:-1], "short": content[:100], "text": b"hello", "empty": b""}.get(how, content))
    )
    shutil.copy(f"{path}.keys", f"{into}.keys")
    return into


def test_what_is_wrong_is_said_in_one_sentence_and_leaves_the_place_empty(desk: Operated, tmp_path: Path) -> None:
    path = taken(desk)
    other = secret(tmp_path, "other.key", bytes(32))
    cases: list[tuple[Path, str, dict[str, Any]]] = [
        *((changed(path, how), "cannot be opened", {}) for how in ("flipped", "cut", "short", "text", "empty")),
        (path, "cannot be opened", {"who": STRANGER}),
        (path, "is not the master key of this backup", {"key": other}),
        (path.with_name("one.age.keys"), "holds the keys of a backup, not its stores", {}),
        (path.with_name("nothing.age"), "No such file", {}),
    ]
    for number, (file, said, how) in enumerate(cases):
        for more in ((), ("--check",)):
            ended = restored(desk, file, *more, into=f"place {number}", **how)
            assert (ended.status, ended.out) == (2, ""), (file.name, more)
            assert said in ended.err, (file.name, more, ended.err)
            assert ended.err.count("\n") == 1
        place = tmp_path / f"place {number}"
        assert not place.exists() or [left.name for left in place.iterdir()] == ["in-use.lock"]


def test_a_cut_behind_all_that_is_needed_is_noticed_too(tmp_path: Path) -> None:
    (tmp_path / "intake").write_bytes(b"rows")
    to = [OURS.to_public()]
    digest = hashlib.sha256(b"rows").hexdigest()
    store = Store(name="intake", revision=None, rows={}, size=4, sha256=digest)
    made = Manifest(holds="stores", kept_as="files", homeward="0", at=datetime.now(UTC), stores=(store,))
    pack(tmp_path, made, tmp_path / "whole", to, lambda *_: None)
    clear = io.BytesIO()
    age.decrypt(io.BytesIO((tmp_path / "whole").read_bytes()), clear, [OURS])
    with (tmp_path / "long").open("wb") as file:
        age.encrypt(io.BytesIO(clear.getvalue() + bytes(1 << 20)), file, to)
    (tmp_path / "cut").write_bytes((tmp_path / "long").read_bytes()[:-1])
    for name in ("whole", "long", "cut"):
        (tmp_path / f"of {name}").mkdir()
    for name in ("whole", "long"):
        assert unpack(tmp_path / name, tmp_path / f"of {name}", [OURS], lambda *_: None) == made
    with pytest.raises(Unreadable, match="cannot be opened"):
        unpack(tmp_path / "cut", tmp_path / "of cut", [OURS], lambda *_: None)


def test_what_cannot_be_backed_up_is_said_and_leaves_nothing_behind(desk: Operated, tmp_path: Path) -> None:
    path = taken(desk)
    ours = ("--recipient", str(OURS.to_public()))
    cases = {
        "a backup never overwrites": (str(path), *ours),
        "a recipient begins with age1": (str(tmp_path / "b.age"), "--recipient", str(OURS)),
        "No such file": (str(tmp_path / "nowhere" / "b.age"), *ours),
    }
    for said, words in cases.items():
        ended = desk.homeward("backup", *words)
        assert (ended.status, ended.out, said in ended.err) == (2, "", True), ended.err
    assert "There is no data" in operated(tmp_path / "nothing").homeward("backup", str(tmp_path / "b.age"), *ours).err
    (desk.folder / "referrals.db").unlink()
    ended = desk.homeward("backup", str(tmp_path / "b.age"), *ours)
    assert (ended.status, "There is no file" in ended.err) == (2, True)
    assert not (desk.folder / "referrals.db").exists()
    assert not list(tmp_path.glob("b.age*"))
    assert [left for left in desk.folder.iterdir() if left.is_dir()] == []


def test_a_restore_without_a_ledger_is_refused_unless_somebody_states_that_it_is_lost(desk: Operated) -> None:
    path, who = taken(desk), str(identity(desk.folder.parent, OURS))
    assert path.with_name("one.age.erasures").read_bytes().startswith(b"age-encryption.org")
    words = ("restore", str(path), "--identity", who, "--master-key", str(desk.folder / "master.key"))
    new = {"HOMEWARD_DATA_DIR": str(desk.folder.parent / "new")}
    ended = desk.homeward(*words, **new)
    assert (ended.status, "no ledger of erasures" in ended.err) == (2, True)
    assert not list((desk.folder.parent / "new").glob("*.db"))
    assert desk.homeward(*words, "--ledger-lost", "NEVER_KEPT", **new).status == 0
    said = operated(desk.folder.parent / "new").sql("intake", "select decision from audit where action like '%restore'")
    assert said == [("ledger_lost:NEVER_KEPT",)]
    copy = ("--ledger", f"{path}.erasures")
    assert desk.homeward(*words, *copy, HOMEWARD_DATA_DIR=str(desk.folder.parent / "other")).status == 0


def test_a_ledger_that_was_changed_puts_nothing_back(desk: Operated) -> None:
    path, ledger = taken(desk), desk.folder.with_name("data.erasures")
    kept = ErasureLedger(ledger)
    for number in range(3):
        kept.append(Erased(f"order {number}", "intake", [f"case/{number}"], "2026-11-01T00:00:00Z"))
    kept.append(Erased("order 1", "intake", ["case/1"], "2026-11-02T00:00:00Z"))
    whole = ledger.read_bytes()
    assert [line.order for line in kept.lines()] == ["order 0", "order 1", "order 2"]
    lines = whole.splitlines(keepends=True)
    for wrong in (whole.replace(b"case/1", b"case/9"), lines[0] + lines[2], lines[1] + lines[2]):
        ledger.write_bytes(wrong)
        ended = restored(desk, path)
        assert (ended.status, "ledger of erasures was changed" in ended.err) == (2, True), ended.err
    ledger.write_bytes(whole + lines[0][:20])
    kept.append(Erased("order 3", "intake", ["case/3"], "2026-11-03T00:00:00Z"))
    assert [line.order for line in kept.lines()] == ["order 0", "order 1", "order 2", "order 3"]
    assert restored(desk, path).status == 0
