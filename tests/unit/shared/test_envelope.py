"""What travels is CloudEvents 1.0 as others read it, and comes back exactly as it was told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Poison
from shared.events.envelope import Unreadable, address, decode, encode
from shared.events.record import Record
from shared.model import Event
from tests.support.tale import CASE, EVENTS, Counted, Screened, told, told_world

FACT = replace(
    told(Counted(case_ref=CASE, number=7), 3), causation="command-1", traceparent=f"00-{'a' * 32}-{'b' * 16}-03"
)


@pytest.fixture(autouse=True, scope="module")
def world() -> Iterator[None]:
    with told_world():
        yield


def as_kafka(record: Record) -> KafkaMessage:
    return KafkaMessage({name: value.encode() for name, value in record.headers.items()}, record.key, record.value)


def from_kafka(message: KafkaMessage) -> Record:
    return Record(
        str(message.key), {name: value.decode() for name, value in message.headers.items()}, bytes(message.value)
    )


def test_a_foreign_reader_understands_us() -> None:
    read = from_binary_event(as_kafka(encode(FACT)))
    assert (read.get_id(), read.get_source(), read.get_type()) == (FACT.event_id, "/intake", Counted.type)
    assert (read.get_subject(), read.get_time()) == (f"case/{CASE}", FACT.recorded)
    assert read.get_datacontenttype() == "application/json"
    assert read.get_data() == {"case_ref": CASE, "number": 7}
    extensions = ("sequence", "partitionkey", "effectivetime", "correlationid", "causationid")
    assert [read.get_extension(name) for name in extensions] == [
        "3",
        f"case/{CASE}",
        "2015-11-03T03:00:00Z",
        "request-1",
        "command-1",
    ]


def test_we_understand_a_foreign_writer() -> None:
    again = from_kafka(to_binary_event(from_binary_event(as_kafka(encode(FACT)))))
    told_again = decode(again)
    assert replace(told_again, data=FACT.data, traceparent=FACT.traceparent) == FACT
    assert json.loads(told_again.data) == json.loads(FACT.data)


@given(
    effective=st.datetimes(timezones=st.timezones(), min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001
    version=st.integers(1, 10**9 - 1),
    correlation=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1),
    kind=st.sampled_from(EVENTS),
)
def test_what_was_told_comes_back_exactly(
    effective: datetime, version: int, correlation: str, kind: type[Event]
) -> None:
    source = kind.type.partition(".")[0]
    fact = replace(
        FACT,
        effective=effective.astimezone(UTC),
        version=version,
        correlation=correlation,
        type=kind.type,
        source=source,
    )
    assert decode(encode(fact)) == fact


def test_time_is_told_in_utc() -> None:
    there = FACT.effective.astimezone(timezone(timedelta(hours=7)))
    assert encode(replace(FACT, effective=there)).headers["ce_effectivetime"] == "2015-11-03T03:00:00Z"


def test_the_fact_itself() -> None:
    assert decode(encode(FACT)).event == Counted(case_ref=CASE, number=7)


def test_a_field_of_a_newer_producer_is_ignored() -> None:
    newer = replace(FACT, data=json.dumps({"case_ref": CASE, "number": 7, "later": {"added": True}}))
    assert newer.event == Counted(case_ref=CASE, number=7)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "intake.tale.counted.v9"}, "unknown_type"),
        ({"type": Screened.type}, "foreign_type"),
        ({"data": "null"}, "bad_body"),
        ({"data": '{"case_ref":"' + "d" * 32 + '","number":7}'}, "wrong_subject"),
    ],
)
def test_what_can_never_be_applied_is_poison(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Poison) as poison:
        _ = replace(FACT, **change).event
    assert poison.value.code == code
    assert CASE not in str(poison.value)


def test_an_address_is_needed() -> None:
    record = encode(FACT)
    assert address(record) == (("intake", f"case/{CASE}"), 3)
    for header in ("ce_source", "ce_subject", "ce_sequence"):
        headers = {name: value for name, value in record.headers.items() if name != header}
        with pytest.raises(Unreadable):
            address(Record(record.key, headers, record.value))
