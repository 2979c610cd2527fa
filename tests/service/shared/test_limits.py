"""What a process refuses to take on, over real connections: told where that is possible, and never kept waiting."""

import asyncio
import contextlib
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from shared.web.edge import MOST_VALUES
from shared.web.limits import Rates
from tests.support.bounded import FROM, GET, heard, place, post
from tests.support.eventually import eventually

QUICK = {"header_seconds": 0.3, "body_seconds": 0.3, "answer_seconds": 0.3}


Sent = tuple[dict[str, Any], tuple[bytes, ...], int, str, str]
MANY = b"[" + b"[]," * (MOST_VALUES // 2) + b"[]]"
"""Small as text, and many times as much once it is read."""
REFUSED: dict[str, Sent] = {
    "a long header": (
        {"header_bytes": 2000},
        (GET[:-2] + b"x: " + b"y" * 2000 + b"\r\n\r\n",),
        431,
        "headers_too_large",
        "headers",
    ),
    "a header without end": (
        {"header_bytes": 2000},
        (GET[:-2] + b"x: ", b"y" * 1_500_000),
        431,
        "headers_too_large",
        "headers",
    ),
    "a long address": (
        {"header_bytes": 2000},
        (GET.replace(b"/x", b"/" + b"x" * 2000),),
        431,
        "headers_too_large",
        "headers",
    ),
    "many headers": ({"header_count": 9}, (GET[:-2] + b"x: y\r\n" * 9 + b"\r\n",), 431, "headers_too_large", "headers"),
    "slow headers": (QUICK, (GET[:-2],), 408, "request_too_slow", "slow"),
    "a slow body": (QUICK, (post(b'{"a":', 9),), 408, "request_too_slow", "slow"),
    "a slow large body": (QUICK, (post(b" " * 300_000, 400_000),), 408, "request_too_slow", "slow"),
    "nothing": (QUICK, (), 0, "", ""),
    "only empty lines": (QUICK, (b"\r\n",), 0, "", ""),
    "no HTTP": ({}, (b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n",), 400, "http_400", "unreadable"),
    "many values": ({}, (post(MANY, len(MANY)),), 413, "body_too_large", ""),
    "values together": ({"bodies_limit": 200}, (post(b"[[],[]]", 7),), 503, "overloaded", "bodies"),
    "bodies together": ({"bodies_limit": 5}, (post(b'{"a":1}', 7),), 503, "overloaded", "bodies"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_too_much_is_told_and_the_connection_ends(case: str) -> None:
    bounds, parts, status, code, why = REFUSED[case]
    async with place(**bounds) as here:
        said = await here.say(*parts)
        assert (said.status, said.code) == (status, code)
        assert here.refused == ({why: 1.0} if why else {})
        assert not here.answered
        if status:
            assert "\r\nrequest-id: " in said.head
            assert ("\r\nretry-after: 1" in said.head) == (status == 503)
        assert (await here.say(GET)).status == 200


async def until(condition: Callable[[], bool]) -> None:
    async def held() -> bool:
        return condition()

    await eventually(held)


HEADERS = {"one": b"y" * 65_536, "many": b"a: b\r\n" * 10_000}


@pytest.mark.parametrize("kind", HEADERS)
async def test_headers_without_end_take_no_memory(kind: str) -> None:
    async with place() as here:
        reader, writer = await here.open()
        writer.write(GET[:-2] + b"x: ")
        tracemalloc.start()
        try:
            with contextlib.suppress(ConnectionError):
                for _ in range(150_000_000 // len(HEADERS[kind])):
                    writer.write(HEADERS[kind])
                    await writer.drain()
                    if here.refused:
                        break
            said = await heard(reader)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            writer.close()
        assert (said.status, said.code) == (431, "headers_too_large")
        assert most < 4_000_000


async def test_a_caller_who_goes_on_sending_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.connection.LINGER", 0.1)
    async with place(body_limit=1000) as here:
        reader, writer = await here.open()
        writer.write(post(b" " * 2000, 900_000_000))
        assert (await heard(reader)).code == "body_too_large"
        assert await reader.read() == b""
        with contextlib.suppress(ConnectionError):
            while here.limits.connections:
                writer.write(b" " * 65_536)
                await writer.drain()
        writer.close()


async def test_slow_callers_keep_nobody_waiting() -> None:
    async with place(connections=40, requests_at_work=1, header_seconds=0.5) as here:
        slow = []
        for number in range(39):
            _, writer = await here.open()
            writer.write(GET[: number % 30 + 1] if number % 2 else post(b'{"a":', 9))
            slow.append(writer)
        assert (await here.say(GET)).status == 200
        await until(lambda: here.limits.connections <= 20)
        assert (await here.say(GET)).status == 200
        for writer in slow:
            writer.close()


async def test_a_caller_who_takes_no_answer_is_cut_off() -> None:
    async with place(answer_seconds=0.1) as here:
        _, writer = await here.open()
        writer.write(GET.replace(b"/intake/v1/x", b"/long"))
        await until(lambda: here.refused == {"slow": 1.0})
        await until(lambda: here.limits.connections == 0)
        writer.close()


async def test_empty_lines_between_requests_do_not_keep_a_connection() -> None:
    async with place(**QUICK) as here:
        reader, writer = await here.open()
        writer.write(GET)
        assert (await heard(reader)).status == 200
        await reader.readexactly(0)
        writer.write(b"\r\n")
        assert (await heard(reader)).status == 0
        writer.close()


async def test_requests_sent_ahead_of_their_answers_are_few() -> None:
    async with place() as here:
        reader, writer = await here.open()
        writer.write(GET.replace(b"/intake/v1/x", b"/slow") + GET * 5000)
        assert (await heard(reader)).status == 0
        assert here.refused == {"ahead": 1.0}
        writer.close()


@pytest.mark.parametrize("bounds", [{"connections": 3}, {"connections_per_address": 3, "trusted_proxies": ""}])
async def test_connections_beyond_the_bound_are_told_so(bounds: dict[str, Any]) -> None:
    async with place(**bounds) as here:
        there = [await here.open() for _ in range(3)]
        said = await here.say(GET)
        assert (said.status, said.code) == (503, "overloaded")
        assert "\r\nretry-after: 1" in said.head
        for _, writer in there:
            writer.close()
        await until(lambda: here.limits.connections == 0)
        assert (await here.say(GET)).status == 200


async def test_connections_far_beyond_the_bound_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.connection.SPARE", 0)
    async with place(connections=1) as here:
        _, writer = await here.open()
        assert (await here.say(GET)).status == 0
        assert here.refused == {"connections": 1.0}
        writer.close()


async def test_a_proxy_is_not_bounded_as_an_address() -> None:
    async with place(connections_per_address=1, requests_per_second=0.01) as here:
        there = [await here.open() for _ in range(3)]
        for reader, writer in there:
            writer.write(GET * 3)
            assert (await heard(reader)).status == 200
            writer.close()


async def test_an_address_may_send_so_much_and_then_waits_while_others_go_on() -> None:
    async with place(requests_per_second=0.1) as here:
        said = [await here.say(FROM % b"203.0.113.7") for _ in range(5)]
        assert [one.status for one in said] == [200, 200, 200, 200, 429]
        assert said[-1].code == "too_many_requests"
        assert "\r\nretry-after: 10\r\n" in said[-1].head
        assert (await here.say(FROM % b"203.0.113.8")).status == 200
        assert here.refused == {"rate": 1.0}


async def test_a_site_of_many_addresses_is_one() -> None:
    async with place(requests_per_second=0.1) as here:
        said = [(await here.say(FROM % b"2001:db8::%x" % number)).status for number in range(5)]
        assert said == [200, 200, 200, 200, 429]


async def test_whom_nobody_vouches_for_is_who_he_is() -> None:
    async with place(requests_per_second=0.1, trusted_proxies="") as here:
        said = [(await here.say(FROM % b"203.0.113.%d" % number)).status for number in range(5)]
        assert said == [200, 200, 200, 200, 429]


async def test_more_than_can_be_worked_on_is_refused_and_a_probe_is_answered() -> None:
    async with place(requests_at_work=2) as here:
        slow = [asyncio.create_task(here.say(GET.replace(b"/intake/v1/x", b"/slow"))) for _ in range(2)]
        await until(lambda: here.limits.at_work == 2)
        said = await here.say(GET)
        assert (said.status, said.code) == (503, "overloaded")
        assert "\r\nretry-after: 1" in said.head
        assert (await here.say(GET.replace(b"v1/x", b"health/live"))).status == 200
        here.gate.set()
        assert [one.status for one in await asyncio.gather(*slow)] == [200, 200]
        assert (here.limits.at_work, here.limits.held) == (0, 0)


async def test_a_request_whose_caller_left_before_it_was_complete_is_not_carried_out() -> None:
    async with place() as here:
        _, writer = await here.open()
        writer.write(post(b'{"a":1}', 9))
        await until(lambda: here.limits.held == 7)
        writer.close()
        await until(lambda: here.limits.held == 0)
        assert here.answered == []


def test_a_crowd_of_addresses_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.limits.ADDRESSES", 10)
    rates = Rates(0.001)
    assert not any(rates.wait(str(number)) for number in range(1000))
    assert len(rates._free_at) <= 10
