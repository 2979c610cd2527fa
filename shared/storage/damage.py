"""A database file that is no longer what was written: what a failing disk or a careless copy leaves behind."""

import sqlite3
from contextlib import closing
from pathlib import Path

RUNBOOK = "docs/runbooks/damaged.md"
AT_A_START = 64 * 1024**2
"""Bytes. A larger file is not read through when the product starts, which people wait for."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class DamagedFile(Exception):
    """A file of the data folder cannot be used. The text names it, and where it says what to do."""

    def __init__(self, path: Path, how: str = "is damaged") -> None:
        super().__init__(f"The file {path} {how}. What to do now stands in {RUNBOOK}.")


def refuse_damaged(path: Path, *, whole: bool = True) -> None:
    """Raise DamagedFile for a database file in which not everything can be read and found; `whole` reads all of it."""
    try:
        with closing(connected(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not whole and path.stat().st_size > AT_A_START:
                return
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _IN_USE:
            return
        if not is_damage(error):
            raise DamagedFile(path, f"cannot be opened ({error.sqlite_errorname})") from None
        sound = False
    if not sound:
        raise DamagedFile(path)


def refuse_damaged_in(folder: Path, *, whole: bool = False) -> None:
    """Raise DamagedFile for the first file of a data folder that cannot be used."""
    for path in files(folder):
        refuse_damaged(path, whole=whole)


def files(folder: Path) -> list[Path]:
    """The database files of a data folder."""
    return sorted(folder.glob("*.db"))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says so of the file's contents, and not of a lock, a full disk or a missing right."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def connected(path: Path, timeout: float = 5.0) -> sqlite3.Connection:
    """A plain connection to a file that is there."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=timeout)
