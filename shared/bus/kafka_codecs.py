"""Expands compressed batches, never further than a bound: what a stranger compressed may be a bomb.

Our own topic is uncompressed; this is for records stored before it was, and for topics that somebody else made. Each
codec says before or while it expands that the bound is passed, so a bomb costs the bound and no more.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import cramjam

_GZIP, _SNAPPY, _LZ4, _ZSTD = 1, 2, 3, 4
_XERIAL = b"\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01"
"""How Java begins Snappy: blocks follow, each behind its length."""
_GZIP_ONLY = 16 + zlib.MAX_WBITS


class TooLarge(Exception):
    """It would expand beyond the bound."""


class UnknownCodec(Exception):
    """No codec of Kafka has this number."""


class Damaged(Exception):
    """It is not what its codec writes."""


def expanded(codec: int, data: bytes, bound: int) -> bytes:
    """What was compressed. Raises TooLarge, UnknownCodec or Damaged, and nothing else."""
    if codec not in _CODECS:
        raise UnknownCodec
    try:
        return _CODECS[codec](data, bound)
    except (zlib.error, cramjam.DecompressionError, ValueError, OverflowError):
        raise Damaged from None


def _gzip(data: bytes, bound: int) -> bytes:
    """One member, as every producer writes it. Thousands of empty ones would cost time and say nothing."""
    member = zlib.decompressobj(_GZIP_ONLY)
    found = member.decompress(data, bound + 1)
    if len(found) > bound:
        raise TooLarge
    if not member.eof or member.unused_data:
        raise Damaged
    return found


def _snappy(data: bytes, bound: int) -> bytes:
    if not data.startswith(_XERIAL):
        return _snappy_block(data, bound)
    found, at = bytearray(), len(_XERIAL)
    while at < len(data):
        start = at + 4
        at = start + int.from_bytes(data[at:start], "big")
        found += _snappy_block(data[start:at], bound - len(found))
    return bytes(found)


def _snappy_block(block: bytes, bound: int) -> bytes:
    if not block:
        raise Damaged
    if cramjam.snappy.decompress_raw_len(block) > bound:
        raise TooLarge
    return bytes(cramjam.snappy.decompress_raw(block))


def _into(codec: Any) -> Callable[[bytes, int], bytes]:
    """Expand into a buffer that does not grow."""

    def expand(data: bytes, bound: int) -> bytes:
        room = bytearray(bound)
        try:
            return bytes(room[: codec.decompress_into(data, room)])
        except cramjam.DecompressionError as error:
            # The only thing that the library says of a buffer that was too small.
            raise (TooLarge if "whole buffer" in str(error) else Damaged) from None

    return expand


_CODECS: Mapping[int, Callable[[bytes, int], bytes]] = {
    _GZIP: _gzip,
    _SNAPPY: _snappy,
    _LZ4: _into(cramjam.lz4),
    _ZSTD: _into(cramjam.zstd),
}
