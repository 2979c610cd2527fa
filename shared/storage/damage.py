"""A database file that is no longer what was written: what a failing disk or a careless copy leaves behind."""

import sqlite3
from pathlib import Path

RUNBOOK = "docs/runbooks/damaged.md"
AT_A_START = 64 * 1024**2
"""Bytes. A larger file is not read through when the product starts, which people wait for."""


class DamagedFile(Exception):
    """A file of the data folder cannot be used. The text names it, and where it says what to do."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The file {path} is damaged. What to do now stands in {RUNBOOK}.")


def refuse_damaged(path: Path, *, whole: bool = True) -> None:
    """Raise DamagedFile for a database file in which not everything can be read and found; `whole` reads all of it."""
    connection = connected(path)
    try:
        sound = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() is not None
        if whole or path.stat().st_size <= AT_A_START:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        sound = False
    finally:
        connection.close()
    if not sound:
        raise DamagedFile(path)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says so of the file's contents, and not of a lock, a full disk or a missing right."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def connected(path: Path, timeout: float = 5.0) -> sqlite3.Connection:
    """A plain connection to a file that is there."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=timeout)
