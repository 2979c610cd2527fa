"""Sealed values open at their place, for their subject, with the keys a unit holds, and nowhere else."""

from pathlib import Path

import pytest

from shared.errors import Refused, Unavailable
from shared.model import C2, Model, Name
from shared.sealing import DoesNotOpen, Keys, Undeclared
from shared.sealing.keyfile import UnsafeKeyFile, make_master_key, master_key
from shared.sealing.keystore import file_key_store


class Identity(Model):
    """A name, for these tests."""

    full_name: C2[Name]


KEYS = Keys("intake", {"person/a": b"1" * 32, "person/b": b"2" * 32})
SOK = Identity(full_name="សុខ ដារ៉ា")


def test_a_sealed_value_opens_where_it_was_sealed() -> None:
    sealed = KEYS.seal(SOK, subject="person/a", place="person/identity/1")
    assert "សុខ".encode() not in sealed
    assert KEYS.open(Identity, sealed, subject="person/a", place="person/identity/1") == SOK


@pytest.mark.parametrize(("subject", "place"), [("person/b", "person/identity/1"), ("person/a", "person/identity/2")])
def test_a_moved_value_does_not_open(subject: str, place: str) -> None:
    sealed = KEYS.seal(SOK, subject="person/a", place="person/identity/1")
    with pytest.raises(Unavailable):
        KEYS.open(Identity, sealed, subject=subject, place=place)


def test_a_changed_value_does_not_open() -> None:
    sealed = bytearray(KEYS.seal(SOK, subject="person/a", place="p"))
    sealed[-1] ^= 1
    with pytest.raises(Unavailable):
        KEYS.open(Identity, bytes(sealed), subject="person/a", place="p")


def test_a_subject_that_was_not_declared_cannot_be_touched() -> None:
    with pytest.raises(Undeclared):
        KEYS.seal(SOK, subject="person/c", place="p")


async def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    store = file_key_store(tmp_path)
    made = await store.obtain("intake", ["person/a", "person/b"], create=True)
    again = await store.obtain("intake", ["person/a"], create=True)
    other = await store.obtain("grants", ["person/a"], create=True)
    unknown = await store.obtain("intake", ["person/z"], create=False)
    await store.close()
    assert made["person/a"] == again["person/a"] != other["person/a"]
    assert made["person/a"] != made["person/b"]
    assert unknown == {}
    assert made["person/a"] not in (tmp_path / "keys.db").read_bytes()


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    make_master_key(path)
    path.chmod(0o644)
    with pytest.raises(UnsafeKeyFile):
        master_key(path)


def test_a_service_never_makes_the_key_file(tmp_path: Path) -> None:
    with pytest.raises(UnsafeKeyFile):
        master_key(tmp_path / "master.key")


def test_a_short_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(b"short")
    with pytest.raises(UnsafeKeyFile):
        master_key(path)


async def test_a_second_key_is_never_made_beside_keys_that_the_first_wrapped(tmp_path: Path) -> None:
    await file_key_store(tmp_path).close()
    (tmp_path / "master.key").unlink()
    with pytest.raises(UnsafeKeyFile, match="put it back"):
        file_key_store(tmp_path)
    assert not (tmp_path / "master.key").exists()


async def test_nobody_gets_a_key_again_who_was_forgotten_and_nothing_is_sealed_for_them(tmp_path: Path) -> None:
    store, gone = file_key_store(tmp_path), "person/a"
    old = await store.obtain("intake", [gone, "person/b"], create=True)
    sealed = Keys("intake", old).seal(SOK, subject=gone, place="p")
    assert [await store.destroy("intake", [gone, "person/never"]) for _ in range(2)] == [1, 1]
    for create, renew in ((True, False), (False, True), (False, False)):
        keys = await store.obtain("intake", [gone, "person/b"], create=create, renew=renew)
        assert keys == {gone: b"", "person/b": old["person/b"]}
    assert await store.lacking("intake", [gone, "person/b", "person/c"]) == {"person/c"}
    with pytest.raises(Refused, match="erased"):
        Keys("intake", keys).seal(SOK, subject=gone, place="p")
    with pytest.raises(DoesNotOpen):
        Keys("intake", keys).open(Identity, sealed, subject=gone, place="p")
    await store.close()
