"""What staff of the border and of a centre do, as one-line calls: the service tests of intake read like their day."""

from dataclasses import dataclass
from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref
from tests.support.answered import ok

SENDER = caller("tran-officer", Role.SENDING_AUTHORITY, "long-an-health", Purpose.REPATRIATION)
CONSUL = caller("sok-consul", Role.CONSULAR_OFFICER, "consulate", Purpose.REPATRIATION)
GATE = caller("chan-gate", Role.RECEIVING_AUTHORITY, "bavet-gate", Purpose.REPATRIATION)
OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
OTHER = caller("dara-intake", Role.INTAKE_OFFICER)
DOSVY = caller("vanna-dosvy", Role.SOCIAL_AFFAIRS, "dosvy-svay-rieng")
HOST = caller("mealea-host", Role.INTAKE_OFFICER, "lotus-house")
CENTRE, GATE_OFFICE = (pseudonym("organisation", name) for name in ("bavet-centre", "bavet-gate"))
HOUSE, CONSULATE = (pseudonym("organisation", name) for name in ("lotus-house", "consulate"))
GATE_CODE = "BAVET_MOC_BAI"
TOLD = {
    "purpose": True,
    "actual_use": True,
    "possible_use": True,
    "research_use": True,
    "right_of_access": True,
    "retention_time": True,
    "how_to_withdraw": True,
}


def born(year: int, month: int | None = None, day: int | None = None, source: str = "FAMILY_BOOK") -> dict[str, Any]:
    """A statement about a birth, as precise as its parts."""
    precision = "DAY" if day else "MONTH" if month else "YEAR"
    parts = {"year": year, "month": month, "day": day}
    given = {name: value for name, value in parts.items() if value is not None}
    return {"precision": precision, "source": source, **given}


def stated(age: int, on: str, source: str = "SELF") -> dict[str, Any]:
    """An age said on a day."""
    return {"precision": "AGE_STATED", "age": age, "age_on": on, "source": source}


def refused(answer: httpx.Response, code: str) -> None:
    """The answer is a refusal with this code."""
    assert not answer.is_success, answer.text
    assert answer.json()["code"] == code, answer.text


@dataclass
class Desk:
    """Intake alone, and what is done at its desk."""

    harness: Harness

    async def do(
        self, path: str, who: str = OFFICER, version: int | str | None = None, key: str = "", **body: Any
    ) -> httpx.Response:
        """A command to intake."""
        return await self.harness.post(f"/intake/v1/{path}", who, body, version=version, key=key)

    async def see(self, path: str, who: str = OFFICER, **params: Any) -> dict[str, Any]:
        """A read that must succeed."""
        return ok(await self.harness.get(f"/intake/v1/{path}", who, **params))

    async def version(self, path: str, who: str = OFFICER) -> str:
        """What to name in If-Match, as the first of them reads it to whom it is shown."""
        for reader in (who, OFFICER, SENDER, GATE):
            seen = await self.harness.get(f"/intake/v1/{path}", reader)
            if seen.status_code != 404:
                break
        ok(seen)
        return seen.headers["ETag"].strip('"')

    async def unseen(self, path: str, who: str = OFFICER) -> None:
        """A read that looks as if there were nothing."""
        refused(await self.harness.get(f"/intake/v1/{path}", who), "not_found")

    async def change(self, path: str, command: str, who: str = OFFICER, **body: Any) -> httpx.Response:
        """A command on a thing as it stands now."""
        return await self.do(f"{path}/{command}", who, version=await self.version(path, who), **body)

    async def person(self, name: str, *births: dict[str, Any], **more: Any) -> str:
        """Register somebody; their ref."""
        names = [{"full_name": name, "script": "LATIN", "order": "FAMILY_FIRST"}]
        identity = {"names": names, "births": list(births), **more.pop("identity", {})}
        return str(ok(await self.do("persons", ref=ref(name), identity=identity, **more))["ref"])

    async def case(self, name: str, *births: dict[str, Any], **more: Any) -> str:
        """Register somebody and open their case."""
        person = await self.person(name, *births)
        opened = ok(await self.do("cases", ref=ref(f"case of {name}"), person_ref=person, country="VN", **more))
        return str(opened["ref"])

    async def group(self, name: str, host: str = CENTRE) -> str:
        """Announce a group of one, `line of …`, whom the centre takes in, or another host."""
        line = {"ref": ref(f"line of {name}"), "number": 1, "as_received": {"full_name": "Xun Chan Tha"}}
        body: dict[str, Any] = {"country": "VN", "gate": GATE_CODE, "planned_day": "2026-11-04", "lines": [line]}
        named = {"receiver_ref": GATE_OFFICE, "host_ref": host}
        return str(ok(await self.do("handovers", SENDER, ref=ref(name), **body, **named))["ref"])

    async def stay(self, case_ref: str) -> str:
        """Admit somebody to a bed."""
        body: dict[str, Any] = {
            "ref": ref(f"stay {case_ref}"),
            "case_ref": case_ref,
            "bed": {"room": "Room of quiet", "bed": "2"},
        }
        return str(ok(await self.do("stays/admit", **body))["ref"])

    async def hosted(self, case_ref: str, house: str = "lotus-house") -> str:
        """Expected at another house than the holder's, and admitted to a bed by its staff."""
        host = {"organisation_ref": pseudonym("organisation", house)}
        stay = ok(await self.do("stays/expect", case_ref=case_ref, **host))["ref"]
        bed, staff = {"room": "Room of quiet", "bed": "2"}, caller("mealea-host", Role.INTAKE_OFFICER, house)
        return str(ok(await self.do("stays/admit", staff, ref=stay, case_ref=case_ref, bed=bed))["ref"])
