"""A person takes their consent back: it reaches whoever holds something within seconds, and each of them says so."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.contracts.intake import ConsentPurpose
from shared.ids import pseudonym
from shared.settings import Settings
from shared.testing import caller, ref
from tests.conftest import SERVICES, Migrated
from tests.service.intake.desk import OFFICER, TOLD, born
from tests.support.answered import ok
from tests.support.eventually import eventually
from tests.support.living import living

SCHOOL = pseudonym("organisation", "bavet-school")
TEACHER = caller("teacher", Role.SERVICE_PROVIDER, "bavet-school", Purpose.REINTEGRATION)
WORKER = caller("srey-intake", Role.CASEWORKER, purpose=Purpose.REINTEGRATION)
HEAD = caller("sopheap-head", Role.SUPERVISOR, purpose=Purpose.REINTEGRATION)
REQUEST, CASE, CONSENT = ref("a place in school"), ref("case of Sok Dara"), ref("share")
SEEN, TOLD_OF = f"referrals/v1/service-referrals/{REQUEST}", f"intake/v1/disclosures/{REQUEST}"
PROMISED = 5.0
"""Seconds from the withdrawal to the last holder."""
AT_MOST = 2 * PROMISED
"""What a busy machine is given."""


@dataclass(frozen=True)
class People:
    """The product at work, and those who call it."""

    client: httpx.AsyncClient

    async def see(self, path: str, who: str) -> httpx.Response:
        return await self.client.get(f"/{path}", headers={"Authorization": who})

    async def ask(self, path: str, who: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A command on the thing as its reader sees it now."""
        headers = {"Authorization": who, "Idempotency-Key": uuid.uuid4().hex}
        found = await self.see(path.rpartition("/")[0], who)
        if "ETag" in found.headers:
            headers["If-Match"] = found.headers["ETag"]
        return await self.client.post(f"/{path}", json=body or {}, headers=headers)

    async def done(self, path: str, who: str, body: dict[str, Any] | None = None) -> None:
        """The same as soon as what it waits for was heard."""

        async def accepted() -> bool:
            return (await self.ask(path, who, body)).is_success

        await eventually(accepted)

    async def shared(self) -> None:
        """Somebody agreed, a school takes them on and is told who they are and what it needs."""
        names = [{"full_name": "Sok Dara", "script": "LATIN", "order": "FAMILY_FIRST"}]
        person = {"ref": ref("Sok Dara"), "identity": {"names": names, "births": [born(1990, 6, 1)]}}
        school = {"ref": SCHOOL, "kind": "SCHOOL", "name": "Bavet school", "services": [{"service": "EDU-ENROL"}]}
        given = {"purpose": ConsentPurpose.SHARE, "giver": "SELF", "informed": TOLD, "signature": "WRITTEN"}
        wanted = {"ref": REQUEST, "service": "EDU-ENROL", "note": "grade three"}
        about: dict[str, Any] = {"case_ref": CASE, "organisation_ref": SCHOOL}
        ok(await self.ask("intake/v1/persons", OFFICER, person))
        ok(await self.ask("intake/v1/cases", OFFICER, {"ref": CASE, "person_ref": person["ref"], "country": "VN"}))
        ok(await self.ask("intake/v1/consents/grant", OFFICER, {"ref": CONSENT, **about, **given}))
        ok(await self.ask("referrals/v1/organisations", HEAD, school))
        await self.done("referrals/v1/service-referrals", WORKER, {**about, **wanted})
        await self.done(f"{SEEN}/send", WORKER)
        ok(await self.ask(f"{SEEN}/accept", TEACHER))
        await eventually(self.told)

    async def told(self) -> bool:
        """Whether the school reads who it is, and the note."""
        note = (await self.see(SEEN, TEACHER)).json()["note"]
        return note == "grade three" and (await self.see(TOLD_OF, TEACHER)).is_success

    async def closed(self) -> bool:
        """Whether the school reads nothing more, is to say that it knows, and people of the house are called."""
        shown = (await self.see(SEEN, TEACHER)).json()
        called = (await self.see("referrals/v1/attention", HEAD)).json()["items"]
        asked = shown["note"] is None and shown["acknowledge_by"] is not None
        return asked and [one["code"] for one in called] == ["sharing_ended_in_help"]

    async def known(self) -> bool:
        """Whether whoever works on the case sees that the school knows."""
        timeline = (await self.see(f"intake/v1/cases/{CASE}/journey", OFFICER)).json()["timeline"]
        return "referrals.service_referral.withdrawal_acknowledged.v1" in [fact["type"] for fact in timeline]


async def test_a_withdrawal_reaches_the_last_holder_within_seconds_and_is_acknowledged(
    tmp_path: Path, migrated: Migrated
) -> None:
    """In one process with the embedded log, its loops running."""
    for service in SERVICES:
        migrated(service, tmp_path / "data")
    async with living(Settings(data_dir=tmp_path / "data")) as product:
        people = People(product.client)
        await people.shared()
        begun = time.monotonic()
        ok(await people.ask(f"intake/v1/consents/{CONSENT}/withdraw", OFFICER))
        assert (await people.see(TOLD_OF, TEACHER)).status_code == 404
        await eventually(people.closed, AT_MOST)
        print(f"withdrawn and closed in {time.monotonic() - begun:.2f} s")  # noqa: T201 -- what was measured
        ok(await people.ask(f"{SEEN}/acknowledge-withdrawal", TEACHER))
        await eventually(people.known, AT_MOST)
