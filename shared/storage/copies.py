"""A copy of all stores in the data folder, made before the first of them is migrated: the way back to an older version.

The wrapped keys are not in it: migrations leave them alone, and a copy of data holds no key. Whoever copies holds the
folder, so nobody writes meanwhile.
"""

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path

from shared.storage.damage import connected, files
from shared.storage.snapshots import NotCopied

FOLDER = "before-migration"
KEPT = 3
"""How many copies are kept; the oldest makes room."""


def keep_copy(folder: Path, but: Collection[str], at: datetime) -> Path:
    """Copy the files of a data folder, those named aside. Raises NotCopied; then nothing may be migrated."""
    kept = folder / FOLDER
    into = kept / f"{at:%Y%m%dT%H%M%S.%f}Z"
    part = into.with_suffix(".part")
    try:
        kept.mkdir(mode=0o700, exist_ok=True)
        for left in kept.glob("*.part"):
            shutil.rmtree(left)
        part.mkdir(mode=0o700)
        for path in files(folder):
            if path.stem not in but:
                _copy(path, part / path.name)
        part.rename(into)
        for old in sorted(kept.iterdir())[:-KEPT]:
            shutil.rmtree(old)
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error.sqlite_errorname
        raise NotCopied(f"Nothing was migrated, since no copy could be made in {kept} first: {why}.") from None
    return into


def _copy(path: Path, into: Path) -> None:
    with closing(connected(path)) as source, closing(sqlite3.connect(into)) as copy:
        source.backup(copy)
