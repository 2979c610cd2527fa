"""What a broker delivered, looked at before aiokafka decodes it: whatever stands there, a reader gets beyond it."""

import struct

import psutil
import pytest
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.kafka_sieve import LARGEST, Sieve
from tests.support.crafted import CODECS, HEADER, ODD, batch, changed, odd

GOOD: list[tuple[bytes | None, list[tuple[str, bytes | None]]]] = [
    (b"one", [("a", b"1")]),
    (b"two", [("b", None)]),
    (None, []),
]


def seen(fetched: bytes, wanted: int = 0) -> list[tuple[int, bytes | str | None]]:
    """By offset: the value that a reader gets, or why it gets none and from which offset on. As aiokafka reads it."""
    sieve, found = Sieve(), []
    records = MemoryRecords(sieve.sifted(fetched, wanted))
    at = wanted
    while records.has_next():
        part = records.next_batch()
        assert part is not None
        assert part.validate_crc()
        for record in part:
            flaw = sieve.flaw(record.headers)
            assert record.offset >= at
            at = record.offset + 1
            found.append((record.offset, record.value if flaw is None else f"{flaw.why} {flaw.first}"))
        assert at == part.next_offset
    return found


def test_what_is_good_goes_on_byte_for_byte() -> None:
    fetched = batch(*GOOD) + batch(*GOOD, base=3)
    assert Sieve().sifted(fetched, 0) == fetched
    assert Sieve().sifted(b"", 0) == b""


def test_a_batch_that_came_in_part_is_left_for_the_next_fetch() -> None:
    whole = batch(*GOOD)
    assert Sieve().sifted(whole + batch(*GOOD, base=3)[:-1], 0) == whole


@pytest.mark.parametrize("codec", CODECS)
def test_a_compressed_batch_is_read_in_every_codec(codec: int) -> None:
    assert seen(batch(*GOOD, base=5, codec=codec)) == [(5, b"one"), (6, b"two"), (7, None)]


def test_a_header_name_that_is_no_text_costs_its_record_alone() -> None:
    poisoned = odd(batch(GOOD[0], (b"odd", [(ODD, b"x")]), GOOD[1], base=7))
    around = batch(*GOOD, base=4) + poisoned + batch(*GOOD, base=10)
    assert seen(around)[3:6] == [(7, b"one"), (8, "not_text 8"), (9, b"two")]
    assert [value for _, value in seen(around)].count(b"one") == 3


def _damaged(built: bytes, at: int) -> bytes:
    return built[:at] + bytes([built[at] ^ 0xFF]) + built[at + 1 :]


WRONG = {
    "its checksum is wrong": (_damaged(batch(*GOOD, base=3), 70), "batch_damaged"),
    "a codec that nobody knows": (changed(batch(*GOOD, base=3), codec=7), "codec_unknown"),
    "it says gzip and is not": (changed(batch(*GOOD, base=3), codec=1), "batch_damaged"),
    "it says snappy and is not": (changed(batch(*GOOD, base=3), codec=2), "batch_damaged"),
    "it says lz4 and is not": (changed(batch(*GOOD, base=3), codec=3), "batch_damaged"),
    "it says zstd and is not": (changed(batch(*GOOD, base=3), codec=4), "batch_damaged"),
    "a thousand empty members": (
        changed(batch(*GOOD, base=3)[:HEADER] + CODECS[1](b"") * 1000, codec=1),
        "batch_damaged",
    ),
    "too large as it is": (batch((b"x" * LARGEST, []), *GOOD[1:], base=3), "batch_too_large"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_batch_that_cannot_be_read_is_one_record_and_those_around_it_are_read(case: str) -> None:
    poisoned, why = WRONG[case]
    found = seen(batch(*GOOD) + poisoned + batch(*GOOD, base=6))
    assert found[:3] == [(0, b"one"), (1, b"two"), (2, None)]
    assert found[3:-3] == [(5, f"{why} 3")]
    assert found[-3:] == [(6, b"one"), (7, b"two"), (8, None)]


def test_reading_goes_on_from_the_middle_of_a_batch() -> None:
    assert seen(WRONG["a codec that nobody knows"][0], wanted=5) == [(5, "codec_unknown 3")]
    unbelievable = _damaged(batch(*GOOD, base=3), 24)
    assert seen(unbelievable, wanted=4) == [(4, "batch_damaged 3")]


@pytest.mark.parametrize("magic", [0, 1, 3])
def test_a_batch_of_another_format_is_stepped_over(magic: int) -> None:
    other = bytearray(batch(GOOD[0], base=3))
    other[16] = magic
    assert seen(bytes(other) + batch(*GOOD, base=4))[:2] == [(3, "format_unknown 3"), (4, b"one")]


def test_a_batch_whose_length_is_impossible_is_stepped_over() -> None:
    assert seen(struct.pack(">qi", 9, -5) + b"x" * 80, wanted=9) == [(9, "batch_damaged 9")]
    assert seen(struct.pack(">qi", 9, 1 << 30) + b"x" * 80, wanted=9) == [(9, "batch_damaged 9")]
    assert seen(struct.pack(">qi", 9, 4) + b"xxxx" + batch(GOOD[0], base=10), wanted=9)[1] == (10, b"one")


def test_offsets_that_would_lead_past_good_records_are_not_believed() -> None:
    built = batch(GOOD[0], GOOD[0], base=3)
    second = built.rindex(b"\x02\x0ccase/1")
    forged = changed(built[:second] + b"\x7e" + built[second + 1 :])
    assert seen(forged + batch(GOOD[1], base=5)) == [(3, b"one"), (4, "record_damaged 4"), (5, b"two")]


def test_a_record_that_is_damaged_inside_costs_nothing_but_itself() -> None:
    built = batch((b"one", [("a", b"1")]), (b"BAD", []), (b"two", []), base=3)
    at = built.index(b"BAD") - 1
    found = seen(changed(built[:at] + b"\x7e" + built[at + 1 :]))
    assert found == [(3, b"one"), (4, "record_damaged 4"), (5, b"two")]


@pytest.mark.parametrize("codec", CODECS)
def test_a_bomb_is_stepped_over_at_the_cost_of_the_bound(codec: int) -> None:
    """20 MB of one letter."""
    bomb = batch((b"a" * 20_000_000, []), codec=codec)
    sieve, here = Sieve(), psutil.Process()
    before = here.memory_info().rss
    why = b"batch_too_large 0" if len(bomb) > LARGEST else b"expands_too_far 0"
    assert why in sieve.sifted(bomb, 0)
    assert here.memory_info().rss - before < 12 * LARGEST


@given(
    codec=st.sampled_from((0, *CODECS)),
    changes=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_no_bytes_stop_a_reader(codec: int, changes: list[tuple[int, int]]) -> None:
    """Records changed anywhere, with a checksum that fits, as only a stranger would write it."""
    made = bytearray(batch(*GOOD, base=3, codec=codec))
    for at, byte in changes:
        made[HEADER + at % (len(made) - HEADER)] = byte
    found = seen(changed(bytes(made)) + batch(*GOOD, base=6), wanted=3)
    assert found[-3:] == [(6, b"one"), (7, b"two"), (8, None)]
    assert found[-4][0] == 5
