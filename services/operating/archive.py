"""The form of a backup: a manifest and the stores, packed and compressed as they come and encrypted to recipients.

Below the encryption it is a gzipped tar file, so that any age tool and tar open it in need. Neither side ever holds
more than a portion in memory. A file that was cut short, changed or meant for others is told by `Unreadable`.
"""

import contextlib
import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pyrage.x25519 import Identity, Recipient

from shared.sealing import age

MANIFEST = "manifest.json"
PORTION = 1 << 20
FAST = 1
"""The level of compression: higher ones save little and take several times as long."""
Told = Callable[[str, int, int], None]


class Unreadable(Exception):
    """This is no backup that can be opened; the text says why."""


class Store(BaseModel):
    """One store in a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    revision: str | None
    rows: dict[str, int]
    size: int
    sha256: str


class Manifest(BaseModel):
    """What is in a backup, and of when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    holds: Literal["stores", "keys"]
    kept_as: Literal["files", "postgresql"]
    homeward: str
    at: datetime
    stores: tuple[Store, ...]


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, manifest: Manifest, into: Path, to: Sequence[Recipient], told: Told) -> None:
    """Encrypt a manifest and the files of its stores, which lie in a folder, into one new file."""

    def fill(sink: BinaryIO) -> None:
        with (
            gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=FAST, mtime=0) as zipped,
            tarfile.open(fileobj=zipped, mode="w|") as tar,
        ):
            text = manifest.model_dump_json().encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
            for store in manifest.stores:
                entry = tarfile.TarInfo(store.name)
                entry.size = store.size
                with (folder / store.name).open("rb") as file:
                    tar.addfile(entry, _Counted(file, partial(_tell, told, store)))

    with open(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        _through(fill, lambda source: age.encrypt(source, file, to))
        file.flush()
        os.fsync(file.fileno())


def unpack(path: Path, into: Path, who: Sequence[Identity], told: Told) -> Manifest:
    """Decrypt a backup into a folder; its manifest, once all that it names is there as it was. Raises Unreadable."""
    found: list[Manifest] = []
    try:
        with path.open("rb") as file:
            _through(lambda sink: age.decrypt(file, sink, who), lambda source: found.append(_untar(source, into, told)))
    except age.NotForUs as trouble:
        raise Unreadable(f"{path} cannot be opened: {trouble}.") from None
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValidationError, _Foreign):
        raise Unreadable(f"{path} is not a backup of Homeward.") from None
    return found[0]


class _Foreign(Exception):
    """What was decrypted is not as we write it."""


class _Counted(io.RawIOBase):
    """Tells how much was read."""

    def __init__(self, below: BinaryIO, told: Callable[[int], None]) -> None:
        self._below, self._told, self._done = below, told, 0

    def read(self, size: int = -1) -> bytes:
        found = self._below.read(size)
        self._done += len(found)
        self._told(self._done)
        return found


def _tell(told: Told, store: Store, done: int) -> None:
    told(store.name, done, store.size)


def _untar(source: BinaryIO, into: Path, told: Told) -> Manifest:
    with gzip.GzipFile(fileobj=source) as zipped, tarfile.open(fileobj=zipped, mode="r|") as tar:
        entries = iter(tar)
        first = next(entries, None)
        if first is None or first.name != MANIFEST:
            raise _Foreign
        manifest = Manifest.model_validate_json(_contents(tar, first).read(PORTION))
        for store in manifest.stores:
            entry = next(entries, None)
            if entry is None or entry.name != store.name or not store.name.isidentifier():
                raise _Foreign
            _write(_contents(tar, entry), into / store.name, store, told)
    # The last portion of the file proves that none was cut off.
    while source.read(PORTION):
        pass
    return manifest


def _contents(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> BinaryIO:
    file = tar.extractfile(entry)
    if file is None:
        raise _Foreign
    return file  # type: ignore[return-value]  # a buffered reader


def _write(source: BinaryIO, into: Path, store: Store, told: Told) -> None:
    digest = hashlib.sha256()
    with open(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while portion := source.read(PORTION):
            digest.update(portion)
            file.write(portion)
            _tell(told, store, file.tell())
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != store.sha256:
        raise _Foreign


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    source, sink = os.pipe()
    with open(source, "rb") as reader, open(sink, "wb") as writer:
        yield reader, writer


def _through(fill: Callable[[BinaryIO], None], drain: Callable[[BinaryIO], object]) -> None:
    """Let one function read what the other writes. Of two errors the first counts: the second follows from it."""
    with ThreadPoolExecutor(1) as pool, _pipe() as (reader, writer):

        def filled() -> None:
            with writer:
                fill(writer)

        filling = pool.submit(filled)
        drained: Exception | None = None
        try:
            drain(reader)
        except Exception as error:
            drained = error
        reader.close()
        first = filling.exception()
        if first is not None and not isinstance(first, BrokenPipeError):
            raise first
        if drained is not None:
            raise drained
