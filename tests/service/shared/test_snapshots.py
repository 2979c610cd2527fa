"""A cut of several files while others write them: exact, where a plain copy is torn; and quick, since writers wait."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shared.storage import snapshots
from shared.storage.file_snapshot import FileSnapshot, rows_in
from shared.storage.snapshots import NotCopied, cut

NAMES = ("told", "heard")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two stores, the second of which never knows more than the first."""
    for name in NAMES:
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE fact (number INTEGER, filler BLOB);")
    return tmp_path


@contextmanager
def busy(folder: Path) -> Iterator[threading.Event]:
    """Both are written all the time, one after the other."""
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with closing(_open(folder, "told")) as told, closing(_open(folder, "heard")) as heard:
            number = 0
            while not stop.is_set():
                for connection in (told, heard):
                    connection.execute("INSERT INTO fact VALUES (?, zeroblob(2000))", (number,))
                number += 1
                written.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield written
    finally:
        stop.set()
        writer.join()


def _open(folder: Path, name: str) -> sqlite3.Connection:
    return sqlite3.connect(folder / f"{name}.db", isolation_level=None, timeout=30)


def opened(folder: Path) -> list[FileSnapshot]:
    return [FileSnapshot(name, folder / f"{name}.db") for name in NAMES]


async def test_a_cut_is_of_one_moment_while_everything_is_written(folder: Path) -> None:
    with busy(folder) as written:
        for number in range(5):
            written.clear()
            stores = opened(folder)
            await cut(stores)
            assert written.wait(60), "a snapshot keeps nobody from writing"
            told, heard = [(await store.rows())["fact"] for store in stores]
            assert 0 <= told - heard <= 1
            for store in stores:
                await store.copy(folder / f"{store.name}-{number}")
                assert rows_in(folder / f"{store.name}-{number}") == await store.rows()
                await store.close()


async def test_no_writer_gets_between_two_snapshots(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def open_and_try(store: FileSnapshot) -> None:
        await real(store)
        for name in NAMES:
            with closing(sqlite3.connect(folder / f"{name}.db", timeout=0)) as other:
                try:
                    other.execute("INSERT INTO fact VALUES (1, NULL)")
                    seen.append("written")
                except sqlite3.OperationalError as error:
                    seen.append(error.sqlite_errorname)

    real = FileSnapshot.open
    monkeypatch.setattr(FileSnapshot, "open", open_and_try)
    stores = opened(folder)
    await cut(stores)
    assert seen == ["SQLITE_BUSY"] * 4
    for name in NAMES:
        with closing(_open(folder, name)) as other:
            other.execute("INSERT INTO fact VALUES (1, NULL)")
    assert [await store.rows() for store in stores] == [{"fact": 0}] * 2
    for store in stores:
        await store.close()


async def test_a_store_that_cannot_be_held_lets_the_others_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "HOLD", 0.05)
    monkeypatch.setattr(snapshots, "BETWEEN", 0.01)
    monkeypatch.setattr(snapshots, "PATIENCE", 0.2)
    stores = opened(folder)
    with closing(_open(folder, "heard")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotCopied, match="without a break"):
            await cut(stores)
        with closing(sqlite3.connect(folder / "told.db", timeout=0, isolation_level=None)) as free:
            free.execute("INSERT INTO fact VALUES (1, NULL)")
    await cut(stores)
    for store in stores:
        await store.close()


def test_a_plain_copy_is_torn(folder: Path) -> None:
    """Why there is a backup at all: files copied one after the other are of different moments."""
    with busy(folder) as written:
        shutil.copytree(folder, folder / "copy", ignore=shutil.ignore_patterns("copy", "heard*"))
        for _ in range(3):
            written.clear()
            assert written.wait(60)
        for path in folder.glob("heard*"):
            shutil.copy(path, folder / "copy" / path.name)
    found = {}
    for name in NAMES:
        try:
            found[name] = rows_in(folder / "copy" / f"{name}.db")["fact"]
        except sqlite3.DatabaseError:
            found[name] = -1
    assert found["told"] < found["heard"] or -1 in found.values()
