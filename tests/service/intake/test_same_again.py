"""The same request under the same ref is answered as before; with anything else in it, it is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.access_requests.commands import AskAccess
from services.intake.app import SERVICE
from services.intake.c4_readings.commands import AskC4Reading
from services.intake.cases.commands import OpenCase
from services.intake.consents.commands import GrantConsent, RefuseConsent
from services.intake.erasures.commands import AskErasure
from services.intake.glass.commands import BreakGlass
from services.intake.handovers.commands import AnnounceHandover
from services.intake.households.commands import FormHousehold
from services.intake.lines.commands import AddLine
from services.intake.persons.commands import RegisterPerson
from services.intake.provisions.commands import RecordProvision, RecordProvisions
from services.intake.stays.commands import AdmitStay, ExpectStay
from shared.auth import Role
from shared.ids import case_number
from shared.model import Command
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, GATE, GATE_CODE, GATE_OFFICE, OFFICER, SENDER, TOLD, Desk, born, refused
from tests.support.answered import ok

EARLIER = "2026-11-03T23:00:00Z"
ME = ref("the thing")
PROVINCE = {"country": "VN", "code": "80", "valid_from": "2004-01-01"}
PAPER = {"full_name": "Xốc Xa Rây"}
LINE = {"ref": ref("line"), "number": 1, "as_received": PAPER}
IDENTITY = {"names": [{"full_name": "Sun Chantha", "script": "LATIN"}], "births": [born(1985)]}
Said = dict[str, Any]
NIGHT = caller("nary-night", Role.CASEWORKER, factor_at=datetime(2026, 11, 4, 1, tzinfo=UTC))


async def _case(desk: Desk) -> tuple[Said, Said]:
    person, other = await desk.person("Sun Chantha", born(1985)), await desk.person("Sun Vichet", born(1985))
    said = {"person_ref": person, "country": "VN"}
    return said, {
        "person_ref": other,
        "country": "TH",
        "handover_ref": ref("group"),
        "line_ref": ref("line"),
        "detentions": [{"place": "PRISON"}],
        "external_references": [{"system": "list", "value": "1"}],
    }


async def _handover(_desk: Desk) -> tuple[Said, Said]:
    said = {"country": "VN", "gate": GATE_CODE, "planned_day": "2026-11-04", "lines": [LINE]}
    sealed = LINE | {"as_received": {"full_name": "Xốc Xa Rai"}}
    return said, {
        "country": "TH",
        "gate": "OTHER_UNKNOWN",
        "planned_day": "2026-11-05",
        "receiver_ref": GATE_OFFICE,
        "host_ref": CENTRE,
        "consulate_ref": CENTRE,
        "lines": [sealed],
    }


async def _person(_desk: Desk) -> tuple[Said, Said]:
    sealed = IDENTITY | {"births": [born(1986)]}
    return {"identity": IDENTITY}, {
        "identity": sealed,
        "sex": "MALE",
        "line_ref": ref("line"),
        "nationality_claimed": "KH",
    }


async def _household(desk: Desk) -> tuple[Said, Said]:
    member = {"person_ref": await desk.person("Sun Chantha"), "relationship": "CHILD"}
    return {"members": [member]}, {"members": [member | {"implicated_caregiver": True}]}


async def _grant(desk: Desk) -> tuple[Said, Said]:
    said: Said = {
        "case_ref": await desk.case("Sun Chantha", born(1985)),
        "purpose": "STORE",
        "giver": "SELF",
        "informed": TOLD,
        "signature": "VERBAL_WITNESSED",
        "witness": "Chum Sovann",
    }
    return said, {
        "case_ref": await desk.case("Sun Vichet", born(1985)),
        "purpose": "MEDICAL",
        "organisation_ref": ref("school"),
        "giver": "CAREGIVER",
        "giver_ref": ref("giver"),
        "informed": TOLD | {"purpose": False},
        "signature": "WRITTEN",
        "witness": "Chum Sophal",
        "assent": "ASSENT",
        "exception": "DANGER_TO_LIFE",
        "valid_until": "2027-01-01",
    }


async def _refuse(desk: Desk) -> tuple[Said, Said]:
    said = {"case_ref": await desk.case("Sun Chantha", born(1985)), "purpose": "STORE"}
    other = await desk.case("Sun Vichet", born(1985))
    return said, {"case_ref": other, "purpose": "MEDICAL", "organisation_ref": ref("school"), "giver": "CAREGIVER"}


async def _expect(desk: Desk) -> tuple[Said, Said]:
    case, other = await desk.case("Sun Chantha", born(1985)), await desk.case("Sun Vichet", born(1985))
    return {"case_ref": case}, {"case_ref": other, "organisation_ref": GATE_OFFICE}


async def _admit(desk: Desk) -> tuple[Said, Said]:
    said, changed = await _expect(desk)
    changed.pop("organisation_ref")
    return said | {"bed": {"room": "Lotus"}}, changed | {"bed": {"room": "Rice"}}


async def _glass(desk: Desk) -> tuple[Said, Said]:
    await desk.case("Sun Chantha", born(1985))
    return {"reason": "MEDICAL_EMERGENCY", "words": "She bleeds."}, {"reason": "CHILD_MISSING", "words": "She is gone."}


async def _reading(desk: Desk) -> tuple[Said, Said]:
    await desk.case("Sun Chantha", born(1985))
    return {"reason": "HEALTH"}, {"reason": "TRANSPORT"}


async def _erasure(desk: Desk) -> tuple[Said, Said]:
    one, other, day = await desk.person("Sun Chantha"), await desk.person("Sun Vichet"), "2026-10-30"
    return {"person_ref": one, "asked_on": day}, {"person_ref": other, "asked_on": "2026-10-29"}


async def _access(_desk: Desk) -> tuple[Said, Said]:
    said = {"case_number": case_number(ref("case")), "kind": "PLAN", "reason": "HEALTH"}
    return said, {"case_number": case_number(ref("other")), "kind": "TEAM", "reason": "SAFETY"}


CREATING: dict[type[Command], tuple[str, Any, str]] = {
    OpenCase: ("cases", _case, OFFICER),
    AnnounceHandover: ("handovers", _handover, SENDER),
    RegisterPerson: ("persons", _person, OFFICER),
    FormHousehold: ("households", _household, OFFICER),
    BreakGlass: (f"cases/{ref('case of Sun Chantha')}/break-glass", _glass, NIGHT),
    AskC4Reading: (f"cases/{ref('case of Sun Chantha')}/c4-readings", _reading, OFFICER),
    AskAccess: ("access-requests", _access, OFFICER),
    AskErasure: ("erasures", _erasure, caller("srey-intake", Role.CASEWORKER)),
    GrantConsent: ("consents/grant", _grant, OFFICER),
    RefuseConsent: ("consents/refuse", _refuse, OFFICER),
    ExpectStay: ("stays/expect", _expect, OFFICER),
    AdmitStay: ("stays/admit", _admit, OFFICER),
}
TABLES = (
    "case_file",
    "handover",
    "line",
    "person",
    "household",
    "consent",
    "stay",
    "provision",
    "access_request",
    "glass",
    "c4_reading",
    "erasure",
    "journal",
)


async def _stored(desk: Desk) -> list[Any]:
    return [await desk.harness.rows("intake", table) for table in TABLES]


def test_every_creating_command_of_intake_is_walked() -> None:
    creating = {row.command for commands in SERVICE.commands for row in commands if row.handling.creates}
    assert creating - {RecordProvisions} == CREATING.keys()


@pytest.mark.parametrize("command", CREATING, ids=lambda command: command.__name__)
async def test_again_is_once_and_otherwise_is_refused(desk: Desk, command: type[Command]) -> None:
    path, made, who = CREATING[command]
    said, changed = await made(desk)
    first = ok(await desk.do(path, who, ref=ME, **said))
    before = await _stored(desk)
    again = ok(await desk.do(path, who, ref=ME, **said))
    assert {**again, "lines": None} == {**first, "lines": None}
    assert [(line["ref"], line["status"]) for line in again.get("lines", [])] == [
        (line["ref"], line["status"]) for line in first.get("lines", [])
    ]
    changed["effective_at"] = EARLIER
    assert changed.keys() == command.model_fields.keys() - {"ref"}
    for field, value in changed.items():
        refused(await desk.do(path, who, ref=ME, **{**said, field: value}), "ref_in_use")
    assert await _stored(desk) == before


async def test_a_meal_again_is_known_and_another_under_its_ref_is_refused(desk: Desk) -> None:
    stay, other = [await desk.stay(await desk.case(name, born(1985))) for name in ("Sun Chantha", "Sun Vichet")]
    meal: Said = {"ref": ME, "stay_ref": stay, "kind": "MEAL"}
    assert ok(await desk.do("provisions", lines=[meal]))["lines"][0]["status"] == "given"
    before = await _stored(desk)
    assert ok(await desk.do("provisions", lines=[meal]))["lines"][0]["status"] == "known"
    changed = {"stay_ref": other, "kind": "TRAVEL_TICKET", "count": 2}
    assert changed.keys() == RecordProvision.model_fields.keys() - {"ref", "effective_at"}
    for field, value in changed.items():
        answer = await desk.do("provisions", lines=[meal | {field: value}])
        assert ok(answer)["lines"][0]["code"] == "ref_in_use"
    earlier = ok(await desk.do("provisions", lines=[meal], effective_at=EARLIER))
    assert earlier["lines"][0]["code"] == "ref_in_use"
    assert await _stored(desk) == before


async def test_somebody_added_again_is_added_once_and_somebody_else_is_refused(desk: Desk) -> None:
    said, _ = await _handover(desk)
    group = f"handovers/{ok(await desk.do('handovers', SENDER, ref=ME, **said))['ref']}"
    ok(await desk.change(group, "arrive", GATE, gate=GATE_CODE, head_count=2))
    came = [{"line_ref": LINE["ref"], "outcome": "present"}]
    extra: Said = {"ref": ref("extra"), "as_received": PAPER}
    ok(await desk.change(group, "reconcile", GATE, lines=came, added=[extra]))
    before = await _stored(desk)
    again = ok(await desk.change(group, "reconcile", GATE, lines=came, added=[extra]))
    assert [line["status"] for line in again["lines"]] == ["present", "added"]
    changed: Said = {
        "carried": True,
        "sex": "MALE",
        "detention": {"place": "PRISON", "province": PROVINCE},
        "as_received": {"full_name": "Xốc Xa Rai"},
        "effective_at": EARLIER,
    }
    assert changed.keys() == AddLine.model_fields.keys() - {"ref"}
    for field, value in changed.items():
        answer = await desk.change(group, "reconcile", GATE, lines=came, added=[extra | {field: value}])
        refused(answer, "ref_in_use")
    other = ok(await desk.do("handovers", SENDER, ref=ref("other"), **{**said, "lines": [{**LINE, "ref": None}]}))
    refused(await desk.do("handovers", SENDER, ref=ref("third"), **said), "ref_in_use")
    assert other["lines"][0]["ref"] != LINE["ref"]
    assert len(await desk.harness.rows("intake", "handover")) == 2
    assert before[2][1] in await desk.harness.rows("intake", "line")


async def test_who_was_expected_is_admitted_once_under_that_ref(desk: Desk) -> None:
    said, other = await _admit(desk)
    ok(await desk.do("stays/expect", ref=ME, case_ref=said["case_ref"]))
    refused(await desk.do("stays/admit", ref=ME, **other), "ref_in_use")
    first = ok(await desk.do("stays/admit", ref=ME, **said))
    assert ok(await desk.do("stays/admit", ref=ME, **said)) == first
    refused(await desk.do("stays/admit", ref=ME, **{**said, "bed": None}), "ref_in_use")
    assert ok(await desk.do("stays/expect", ref=ME, case_ref=said["case_ref"]))["status"] == "admitted"
