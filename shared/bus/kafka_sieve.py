"""Looks at what a broker delivered before aiokafka decodes it, so that nothing that a stranger wrote stops a reader.

aiokafka decodes inside its fetcher: a batch that it cannot decode raises there, takes the good records before it along,
and is fetched again for ever. So every batch is tried here first. What is good goes on as it came; a record that cannot
be read is replaced by one that says why, at the same offset. A batch that cannot be expanded becomes one such record at
its last offset. The header that says why has a name drawn for each reader, which no stranger knows.
"""

import hashlib
import secrets
import struct
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.bus.kafka_codecs import Damaged, TooLarge, UnknownCodec, expanded
from shared.bus.kafka_records import Found, found_in

LARGEST = 1_048_588
"""Bytes of a batch, as it came and expanded: what a topic takes by default. Ours have an eighth of it."""

_HEADER = struct.Struct(">qiibIhiqqqhii")
_LENGTH = struct.Struct(">qi")
_BASE = struct.Struct(">q")
_CRC = struct.calcsize(">qiib")
_CODEC, _TRANSACTIONAL = 0x07, 0x10
_V2 = 2

Send = Callable[..., Awaitable[Any]]


class _Header(NamedTuple):
    """The first 61 bytes of a batch, see Kafka's protocol."""

    base: int
    length: int
    epoch: int
    magic: int
    crc: int
    attributes: int
    last_delta: int
    first_time: int
    last_time: int
    producer: int
    producer_epoch: int
    sequence: int
    records: int


class Flaw(NamedTuple):
    """Why a record cannot be read, and the first of the offsets that it stands for."""

    why: str
    first: int


class Sieve:
    """One reader's. Wrap what its client sends with `around`, and ask of each header whether it is a `flaw`."""

    def __init__(self) -> None:
        self._mark = f"homeward-{secrets.token_hex(16)}"

    def around(self, send: Send) -> Send:
        """The same, with every fetched batch looked at."""

        async def sifting(node: Any, request: Any, **more: Any) -> Any:
            answer = await send(node, request, **more)
            if isinstance(request, FetchRequest):
                wanted = {(topic, part): offset for topic, parts in request.topics for part, offset, _ in parts}
                answer.topics = [
                    (topic, [(*part[:-1], self.sifted(part[-1] or b"", wanted[topic, part[0]])) for part in parts])
                    for topic, parts in answer.topics
                ]
            return answer

        return sifting

    def flaw(self, headers: Sequence[tuple[str, bytes | None]]) -> Flaw | None:
        """What the sieve says of a record, in its last header; None for a record that came as it is."""
        if not headers or headers[-1][0] != self._mark:
            return None
        why, first = (headers[-1][1] or b"").decode().split(" ")
        return Flaw(why, int(first))

    def sifted(self, fetched: bytes, wanted: int) -> bytes:
        """Batches that aiokafka can decode to the end, and that lead beyond the offset that was asked for."""
        return b"".join(self._passed(batch, wanted) for batch in _batches(fetched))

    def _passed(self, batch: bytes, wanted: int) -> bytes:
        """The batch itself where it is good, else what is left of it."""
        if len(batch) < _HEADER.size:
            return self._instead(batch, _nowhere(batch, wanted), wanted, "batch_damaged")
        header = _Header(*_HEADER.unpack_from(batch))
        if len(batch) > LARGEST:
            return self._instead(batch, header, wanted, "batch_too_large")
        if header.magic != _V2:
            return self._instead(batch, header, wanted, "format_unknown")
        if not DefaultRecordBatch(batch).validate_crc() or header.last_delta < 0:
            return self._instead(batch, header, wanted, "batch_damaged")
        try:
            plain = _uncompressed(batch, header)
        except TooLarge:
            return self._instead(batch, header, wanted, "expands_too_far")
        except UnknownCodec:
            return self._instead(batch, header, wanted, "codec_unknown")
        except Damaged:
            return self._instead(batch, header, wanted, "batch_damaged")
        if _decodes(plain, header):
            return plain
        return self._built(header, found_in(plain[_HEADER.size :], header.records, header.last_delta))

    def _instead(self, batch: bytes, header: _Header, wanted: int, why: str) -> bytes:
        """One record at the last offset that stands for the whole batch, and has its digest as its value."""
        last = max(wanted, header.base + _span(header))
        digest = hashlib.sha256(batch).hexdigest().encode()
        return self._built(header, [Found(last - header.base, None, digest, (), why)])

    def _built(self, header: _Header, records: Iterable[Found]) -> bytes:
        aborts = bool(header.attributes & _TRANSACTIONAL) and header.magic == _V2
        builder = DefaultRecordBatchBuilder(
            magic=_V2,
            compression_type=0,
            # So that one of a transaction that was given up is left out as before.
            is_transactional=int(aborts),
            producer_id=header.producer if aborts else -1,
            producer_epoch=header.producer_epoch if aborts else -1,
            base_sequence=header.sequence if aborts else -1,
            batch_size=1 << 30,
        )
        for record in records:
            mark = [(self._mark, f"{record.why} {header.base + record.first}".encode())] if record.why else []
            builder.append(record.delta, max(0, header.first_time), record.key, record.value, [*record.headers, *mark])
        built = builder.build()
        _BASE.pack_into(built, 0, header.base)
        return bytes(built)


def _batches(fetched: bytes) -> Iterator[bytes]:
    """Each batch by its own length. The last may have come in part, but never the first: that one is damaged."""
    at = 0
    while len(fetched) - at >= _LENGTH.size:
        length = _LENGTH.unpack_from(fetched, at)[1]
        end = at + _LENGTH.size + length
        if length < 0 or end > len(fetched):
            if at == 0:
                yield fetched[: _LENGTH.size]
            return
        yield fetched[at:end]
        at = end


def _uncompressed(batch: bytes, header: _Header) -> bytes:
    """The same batch, expanded. Nothing else ever expands it: aiokafka would not stop at a bound."""
    if not header.attributes & _CODEC:
        return batch
    plain = expanded(header.attributes & _CODEC, batch[_HEADER.size :], LARGEST)
    built = bytearray(batch[: _HEADER.size] + plain)
    told = header._replace(attributes=header.attributes & ~_CODEC, length=len(built) - _LENGTH.size)
    _HEADER.pack_into(built, 0, *told)
    return bytes(built[:_CRC] + calc_crc32c(bytes(built[_CRC + 4 :])).to_bytes(4, "big") + built[_CRC + 4 :])


def _nowhere(batch: bytes, wanted: int) -> _Header:
    """The header of what has none: it stands where we read."""
    return _Header(wanted, len(batch), -1, 0, 0, 0, 0, 0, 0, -1, -1, -1, 1)


def _span(header: _Header) -> int:
    """How far behind its first offset a batch reaches, as far as its header can be believed."""
    believed = header.magic == _V2 and header.last_delta + 1 == header.records and header.last_delta >= 0
    return header.last_delta if believed else 0


def _decodes(batch: bytes, header: _Header) -> bool:
    """Whether aiokafka decodes all of it, to rising offsets within the batch: else some would be passed over."""
    at = header.base - 1
    try:
        for record in DefaultRecordBatch(batch):
            if not at < record.offset <= header.base + header.last_delta:
                return False
            at = record.offset
    except Exception:
        # Whatever it is: the fetcher would meet the same.
        return False
    return True
