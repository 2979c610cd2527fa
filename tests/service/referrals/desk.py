"""The people who work in referrals, and the short words for what they do in the tests of this folder."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.contracts import intake, screening
from shared.contracts.intake import ConsentPurpose, ReceiverKind
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref

CASE, HOUSEHOLD, SHARE = ref("case"), ref("household"), ref("consent")
HOUSE, SCHOOL = pseudonym("organisation", "bavet-centre"), pseudonym("organisation", "bavet-school")
WORKER = caller("worker", Role.CASEWORKER, purpose=Purpose.REINTEGRATION)
SUPERVISOR = caller("supervisor", Role.SUPERVISOR, purpose=Purpose.REINTEGRATION)
STRANGER = caller("stranger", Role.CASEWORKER, "other-house", Purpose.REINTEGRATION)
TEACHER = caller("teacher", Role.SERVICE_PROVIDER, "bavet-school", Purpose.REINTEGRATION)

HEAD = caller("head", Role.SUPERVISOR, "bavet-school", Purpose.REINTEGRATION)

WITHDRAWN = intake.ConsentWithdrawn(
    case_ref=CASE, consent_ref=SHARE, purpose=ConsentPurpose.SHARE, organisation_ref=SCHOOL
)


@dataclass
class Desk:
    """Referrals alone, and what it hears."""

    harness: Harness

    async def opened(self, *, minor: bool = True) -> str:
        """A case has opened, the team works on it, and its plan opened by itself; the plan's ref."""
        await self.harness.hear(
            "intake",
            intake.CaseOpened(
                case_ref=CASE,
                organisation_ref=HOUSE,
                country="VN",
                is_minor=minor,
                opened=date(2026, 11, 3),
                household_ref=HOUSEHOLD,
            ),
            *(
                intake.CaseAssigned(
                    case_ref=CASE, staff_ref=pseudonym("staff", staff), organisation_ref=HOUSE, kind="TEAM"
                )
                for staff in ("worker", "supervisor")
            ),
        )
        return str((await self.rows("plan"))[0]["ref"])

    async def may_share(self, organisation_ref: str = SCHOOL, consent: str = SHARE) -> None:
        """The person agrees to share with that organisation."""
        await self.harness.hear(
            "intake",
            intake.ConsentGranted(
                case_ref=CASE, consent_ref=consent, purpose=ConsentPurpose.SHARE, organisation_ref=organisation_ref
            ),
        )

    async def withdrawn(self) -> None:
        """The person takes the consent back."""
        await self.harness.hear("intake", WITHDRAWN)

    async def entitled(self, *entitlements: str, handling: tuple[str, ...] = ()) -> None:
        """Somebody has decided what the person may have."""
        await self.harness.hear(
            "screening",
            screening.DeterminationMade(
                case_ref=CASE,
                determination_ref=ref("determination"),
                body="NGO",
                deciders=1,
                entitlements=entitlements,
                handling=handling,
                day=date(2026, 11, 4),
            ),
        )

    async def came_home(self, day: date) -> None:
        """The person was received at home on that day."""
        await self.harness.hear(
            "intake",
            intake.StayHandedOver(case_ref=CASE, stay_ref=ref("stay"), receiver=ReceiverKind.KIN, day=day),
        )

    async def directory(self, *services: str) -> None:
        """The school stands in the directory."""
        body = {"ref": SCHOOL, "kind": "SCHOOL", "name": "Bavet school", "services": [{"service": s} for s in services]}
        answer = await self.post("organisations", SUPERVISOR, body)
        assert answer.status_code == 201, answer.text

    async def house_listed(self) -> None:
        """The house itself stands in the directory."""
        answer = await self.post("organisations", SUPERVISOR, {"ref": HOUSE, "kind": "SHELTER", "name": "Bavet centre"})
        assert answer.status_code == 201, answer.text

    async def registered(self, somebody: str, who: str = SUPERVISOR, house: str = HOUSE, **more: Any) -> httpx.Response:
        """Somebody stands in the register of staff of that house."""
        staff = {"ref": ref(f"entry {somebody}"), "organisation_ref": house, "staff_ref": pseudonym("staff", somebody)}
        return await self.post("staff", who, staff | more)

    async def drafted(self, service: str = "EDU-ENROL", to: str = SCHOOL, name: str = "request") -> str:
        """A request to that organisation, not yet sent."""
        body = {"ref": ref(name), "case_ref": CASE, "service": service, "organisation_ref": to, "note": "grade three"}
        answer = await self.post("service-referrals", WORKER, body)
        assert answer.status_code == 201, answer.text
        return ref(name)

    async def post(
        self, path: str, who: str, body: dict[str, Any] | None = None, version: int | None = None
    ) -> httpx.Response:
        """A command."""
        return await self.harness.post(f"/referrals/v1/{path}", who, body, version=version)

    async def do(self, path: str, who: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A command on the last version of a thing, as somebody does who has just read it."""
        table = {"service-referrals": "service_referral", "groups": "peer_group"}
        thing, of, _ = path.split("/")
        name = table.get(thing, thing.removesuffix("s"))
        version = next(row["version"] for row in await self.rows(name) if row["ref"] == of)
        return await self.post(path, who, body, version=version)

    async def get(self, path: str, who: str, **params: Any) -> httpx.Response:
        """A read."""
        return await self.harness.get(f"/referrals/v1/{path}", who, **params)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """What a table holds."""
        return await self.harness.rows("referrals", table)

    async def told(self, subject: str = f"case/{CASE}") -> list[str]:
        """The facts told of a subject, without the service's name and version."""
        facts = await self.harness.told("referrals", subject)
        return [fact.removeprefix("referrals.").removesuffix(".v1") for fact in facts]
