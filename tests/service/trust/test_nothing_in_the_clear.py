"""Private values are written over HTTP, everything goes wrong that can, and no file that the product writes has one."""

import asyncio
import base64
import binascii
import html
import io
import json
import sqlite3
import sys
import unicodedata
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from services import SERVICES
from shared.auth import Purpose, Role
from shared.events.record import Record
from shared.ids import pseudonym
from shared.observability.logging import configure
from shared.testing import Harness, caller, ref
from shared.writing.unit import Unit
from tests.service.intake.desk import CENTRE, OFFICER, Desk, born
from tests.service.intake.test_consents import SIGNED
from tests.service.intake.test_custody import HEAD
from tests.service.screening.casework import INTERVIEWER, ROOM
from tests.support.answered import ok
from tests.support.keyring import World, world_in
from tests.support.logged import logs_as_before
from tests.support.operated import operated
from tests.support.private import Piece, forms, leaks, pieces, written
from tests.support.sealed_files import OURS
from tests.support.served import served
from tests.support.stewards import begun

NAME, NAME_KM, VICTIM = "Nguyễn Thị Phượng Kiều", "ហែម សុភាពរតនា", "Kiều Phượng the younger"
PHONE, PASSPORT, COURT = "+855977310465", "N-0093351-KH", "ĐT-558/2026/TAND"
SENTENCE = "គេចាក់សោខ្ញុំក្នុងបន្ទប់ខាងលើ, bà chủ giữ hộ chiếu của tôi"
GLASS = "Her uncle Prak waits at the ferry in Neak Loeung"
STAFF, STEWARDS = "Chhim Sotheavy", ("Nhem Channary", "Lê Thị Hương")
REFUSED, CRASHED, BROKEN = "Ouk Refusedperson", "Mam Crashedperson", "Pov Brokenperson"
ARRIVED = "Sieng Arrivedperson"
"""Came with a record of the bus that nobody can read: it stands in the log of the bus, and nowhere else."""
PRIVATE = {
    NAME, NAME_KM, VICTIM, *written("2012-03-29"), PHONE, PASSPORT, COURT, SENTENCE, GLASS, STAFF, *STEWARDS,
    REFUSED, CRASHED, BROKEN,
}  # fmt: skip


@dataclass
class Lived:
    """What is left of a product that lived, beside its folder: what it said, and what it answered to trouble."""

    folder: Path
    said: list[Piece] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def everything(self) -> list[Piece]:
        return [*pieces(self.folder), *self.said]


async def _written(harness: Harness) -> None:
    """Somebody registered, a case, an interview, broken glass, staff and stewards: over HTTP, as people do."""
    desk = Desk(harness)
    names = [{"full_name": NAME, "script": "LATIN"}, {"full_name": NAME_KM, "script": "KHMER"}]
    identity = {
        "names": names,
        "births": [born(2012, 3, 29)],
        "phones": [{"number": PHONE, "owner": "FAMILY"}],
        "documents": [{"kind": "PASSPORT", "number": PASSPORT}],
    }
    person = ok(await desk.do("persons", ref=ref("kieu"), identity=identity))["ref"]
    numbers = [{"system": "court", "value": COURT}]
    case = ok(await desk.do("cases", person_ref=person, country="VN", external_references=numbers))["ref"]
    line: dict[str, Any] = {
        "number": 1,
        "as_received": {"full_name": VICTIM, "birth": "29/03/2012"},
        "remarks": {"remarks": SENTENCE},
    }
    group: dict[str, Any] = {"country": "VN", "gate": "BAVET_MOC_BAI", "planned_day": "2026-11-05", "lines": [line]}
    sender = caller("tran-officer", Role.SENDING_AUTHORITY, "long-an-health", Purpose.REPATRIATION)
    ok(await desk.do("handovers", sender, ref=ref("group"), **group))
    await _interviewed(desk, case)
    night = caller("nary-night", Role.CASEWORKER, factor_at=harness.clock.now)
    broken = {"ref": ref("glass"), "reason": "IMMINENT_DANGER", "words": GLASS}
    ok(await desk.do(f"cases/{case}/break-glass", night, **broken))
    await begun(harness)


async def _interviewed(desk: Desk, case: str) -> None:
    adult = await desk.case("Somebody grown up", born(1980, 1, 2))
    ok(await desk.do("consents/grant", case_ref=adult, purpose="INTERVIEW", giver="SELF", **SIGNED))
    stay = await desk.stay(adult)
    ok(await desk.change(f"stays/{stay}", "check-urgent-needs", needs=["REST"]))
    interviews = "/screening/v1/interviews"
    found = ok(await desk.harness.get(interviews, HEAD))["items"]
    [one] = [row for row in found if row["case_ref"] == adult]
    path = f"{interviews}/{one['ref']}"
    who = {"staff_ref": pseudonym("staff", "sok-interviewer"), "organisation_ref": CENTRE}
    ok(await desk.harness.post(f"{path}/assign", HEAD, who, version=one["version"]))
    at = ok(await desk.harness.get(path, INTERVIEWER))["version"]
    ok(await desk.harness.post(f"{path}/start", INTERVIEWER, {"room": ROOM}, version=at))
    said = {"ref": ref("said"), "question": "BEATEN", "value": "YES", "source": "SELF"}
    answers = {"answers": [{**said, "quote": SENTENCE, "quote_language": "km"}]}
    ok(await desk.harness.post(f"{path}/answers", INTERVIEWER, answers, version=at + 1))


async def _gone_wrong(world: World, harness: Harness, port: int) -> list[httpx.Response]:
    """A refusal, a bug that has the whole command in its text, a store that refuses, and a record that nobody reads."""
    desk = Desk(harness)

    def named(name: str) -> dict[str, Any]:
        return {"ref": ref(name), "identity": {"names": [{"full_name": name, "script": "LATIN"}]}}

    ok(await desk.do("persons", **named("kept")))
    answers = [await desk.do("persons", **named(REFUSED) | {"ref": ref("kept"), "sex": REFUSED})]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Unit, "save", _bug)
        answers.append(await _sent(port, named(CRASHED)))
    refusing = "CREATE TRIGGER refusing BEFORE INSERT ON person BEGIN SELECT RAISE(ABORT, 'not now'); END"
    world.sql("intake", refusing)
    answers.append(await _sent(port, named(BROKEN)))
    world.sql("intake", "DROP TRIGGER refusing")
    body = f'{{"case_ref":"{ref("kieu")}","name":"{ARRIVED}"}}'.encode()
    headers = {"ce_type": "intake.case.opened.v1", "ce_id": "strange", "ce_source": "/intake"}
    await harness.bus.publish([Record(f"case/{ref('kieu')}", headers, body), Record("nobody", {}, body)])
    await harness.settle()
    return answers


async def _sent(port: int, body: dict[str, Any]) -> httpx.Response:
    """To the real server, which logs what nobody caught."""
    headers = {"Authorization": OFFICER, "Idempotency-Key": body["ref"]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        return await client.post("/intake/v1/persons", json=body, headers=headers)


def _bug(*given: object, **more: object) -> None:
    """The worst bug there can be: its text holds all that it was given."""
    raise RuntimeError(f"{given!r} {more!r}")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """A product that lived, went through trouble, was backed up and exported; scanned alive and afterwards."""
    left = asyncio.run(_life(tmp_path_factory.mktemp("life")))
    _taken(left.folder)
    return left


async def _life(place: Path) -> Lived:
    world, said = world_in(place / "data"), io.StringIO()
    lived = Lived(place)
    await world.live()
    with pytest.MonkeyPatch.context() as patch, logs_as_before():
        patch.setattr(sys, "stderr", said)
        configure("DEBUG")
        product, harness = world.product()
        async with served(product) as port:
            await _written(harness)
            answers = await _gone_wrong(world, harness, port)
            pages = [await harness.get(f"/{service}/metrics", "") for service in SERVICES]
            lived.live = [piece.name for piece in pieces(place)]
            lived.found = leaks(pieces(place), PRIVATE)
    lived.statuses = [answer.status_code for answer in answers]
    for name, found in (("answer", answers), ("metrics", pages)):
        lived.said += [Piece(f"{name} {number}", answer.content) for number, answer in enumerate(found)]
    lived.said.append(Piece("log", said.getvalue().encode()))
    return lived


def _taken(place: Path) -> None:
    """A backup with its keys file, the master key for people far away, and the audit as others read it."""
    desk = operated(place / "data")
    to = ("--recipient", str(OURS.to_public()))
    for words in (
        ("backup", str(place / "one.age"), *to),
        ("keys", "export", str(place / "keys.age"), *to),
        *(("audit", "export", "--service", name, "--into", str(place / f"{name}.audit")) for name in SERVICES),
    ):
        ended = desk.homeward(*words)
        assert ended.status == 0, ended.err


def test_it_wrote_every_kind_of_file_and_every_trouble_came(lived: Lived) -> None:
    assert {name for name in lived.live if name.endswith((".db", "-wal", "-shm"))} >= {
        f"data/{store}.db{end}" for store in SERVICES for end in ("", "-wal", "-shm")
    } | {"data/bus.db", "data/bus.db-wal", "data/keys.db"}
    assert [status // 100 for status in lived.statuses] == [4, 5, 5]
    names = {piece.name for piece in lived.everything()}
    assert {"one.age", "keys.age", "intake.audit", "log", *(f"metrics {number}" for number in range(4))} <= names
    assert any(name.startswith("one.age.") for name in names), "the keys file of the backup"
    log = next(piece.content for piece in lived.said if piece.name == "log")
    assert b"RuntimeError" in log
    with closing(sqlite3.connect(lived.folder / "data" / "grants.db")) as store:
        assert store.execute("select count(*) from heard where why is not null").fetchone()[0] >= 1


def test_no_private_value_stands_in_any_file(lived: Lived) -> None:
    assert lived.found == [], "while it ran"
    assert leaks(lived.everything(), PRIVATE) == []


def test_what_came_with_a_record_that_nobody_can_read_is_in_the_log_of_the_bus_alone(lived: Lived) -> None:
    found = {leak.partition(":")[0] for leak in leaks(lived.everything(), [ARRIVED])}
    assert found == {"data/bus.db"}


@pytest.mark.parametrize("value", [NAME, NAME_KM, "2012-03-29", PHONE, PASSPORT, COURT, SENTENCE])
def test_the_scan_finds_a_value_in_each_form_at_each_place(value: str) -> None:
    for form in forms(value):
        for before in range(9):
            inside = Piece("planted", bytes(range(256)) + b"\x01" * before + form + b"\x00" * 300)
            assert leaks([inside], [value]) != [], form
    assert leaks([Piece("other", bytes(range(256)) * 20)], [value]) == []


@pytest.mark.parametrize("value", [NAME, NAME_KM, PHONE, COURT, SENTENCE])
def test_forms_that_others_would_write_are_among_those_looked_for(value: str) -> None:
    """Written by other means than those that made the forms."""
    whole = f"before {value} after"
    found = [
        json.dumps({"x": value}).encode(), value.encode("utf-16"), quote(whole).encode(), repr(value.encode()).encode(),
        urlencode({"x": whole}).encode(), html.escape(whole).encode("ascii", "xmlcharrefreplace"),
        unicodedata.normalize("NFD", whole).encode(), binascii.hexlify(whole.encode()), str(whole.encode()).encode(),
        *(base64.urlsafe_b64encode(b"x" * number + whole.encode()) for number in range(3)),
        *(base64.b64encode(b"x" * number + whole.encode()) for number in range(3)),
    ]  # fmt: skip
    assert [other for other in found if not leaks([Piece("planted", b"..." + other)], [value])] == []


@pytest.mark.parametrize("kind", ["intake.db", "intake.db-wal", "log", "metrics 0", "one.age", "intake.audit"])
def test_a_value_that_is_planted_in_any_kind_of_file_is_found(lived: Lived, tmp_path: Path, kind: str) -> None:
    [piece] = [one for one in lived.everything() if Path(one.name).name == kind] or [Piece(kind, b"\x00" * 4096)]
    half = len(piece.content) // 2
    (tmp_path / kind).write_bytes(piece.content[:half] + NAME_KM.encode() + piece.content[half:])
    assert leaks(pieces(tmp_path), PRIVATE) == [f"{kind}: {NAME_KM[:4]}…"]
