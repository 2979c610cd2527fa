"""The records of an expanded batch, one by one, where aiokafka gives up the whole batch for one of them.

A record stands behind its own length, so one that is damaged inside costs nothing but itself. Where the length itself
is wrong, nothing behind it can be found, and the rest of the batch counts as one record that was not read.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aiokafka.record.util import decode_varint_py as varint


class Found(NamedTuple):
    """A record at its place in the batch; `why` it could not be read, and the first place that it stands for."""

    delta: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()
    why: str = ""
    first: int = 0


def _damaged(delta: int, first: int, content: bytes | None) -> Found:
    return Found(delta, None, content, (), "record_damaged", first)


class _Bytes:
    """Reads from the front; raises ValueError or IndexError where there is no more."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = bytearray(data), 0

    def number(self) -> int:
        found, self._at = varint(self._data, self._at)
        return int(found)

    def some(self, length: int) -> bytes:
        end = self._at + length
        if length < 0 or end > len(self._data):
            raise ValueError
        found, self._at = bytes(self._data[self._at : end]), end
        return found

    def text(self) -> bytes | None:
        length = self.number()
        return None if length < 0 else self.some(length)

    @property
    def empty(self) -> bool:
        return self._at >= len(self._data)


def found_in(plain: bytes, count: int, last: int) -> Iterator[Found]:
    """Every record of a batch whose last offset is known; what was not read stands for itself, or for all the rest."""
    data, at = _Bytes(plain), -1
    for place in range(min(count, last + 1)):
        try:
            record = _record(data.some(data.number()), place)
        except (ValueError, IndexError):
            break
        if not at < record.delta <= last:
            break
        at = record.delta
        yield record
    if at < last:
        yield _damaged(last, at + 1, None)


def _record(content: bytes, place: int) -> Found:
    data = _Bytes(content)
    try:
        data.some(1)
        data.number()
        delta, key, value = data.number(), data.text(), data.text()
        named = [(data.text() or b"", data.text()) for _ in range(data.number())]
        if not data.empty:
            raise ValueError
    except (ValueError, IndexError):
        return _damaged(place, place, content)
    try:
        return Found(delta, key, value, [(name.decode(), content) for name, content in named])
    except UnicodeDecodeError:
        shown = [(name.decode("utf-8", "backslashreplace"), content) for name, content in named]
        return Found(delta, key, value, shown, "not_text", delta)
