"""The people of a grants desk and the usual way of an application, as HTTP requests."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.contracts import intake, referrals, screening
from shared.contracts.intake import ConsentPurpose
from shared.ids import pseudonym
from shared.model import Event
from shared.testing import Harness, caller, ref

DAY = date(2026, 11, 4)
ORGANISATION = "livelihood-fund"

PEOPLE = {
    "dara": Role.GRANTS_OFFICER,
    "mony": Role.GRANTS_ASSESSOR,
    "sovann": Role.GRANTS_APPROVER,
    "neary": Role.GRANTS_APPROVER,
    "phirun": Role.GRANTS_APPROVER,
    "sreymom": Role.DISBURSER,
    "veasna": Role.RECONCILER,
    "bopha": Role.SUPERVISOR,
    "rith": Role.SOCIAL_AFFAIRS,
    "kosal": Role.GRANTS_OFFICER,
}

TERMS = {"ceiling": 50_000, "small_limit": 15_000, "tolerance": 50}


def who(name: str) -> str:
    """The header of one of them."""
    return caller(name, PEOPLE[name], ORGANISATION, Purpose.GRANTS)


def staff(name: str) -> str:
    """Their ref."""
    return pseudonym("staff", name)


def business_plan(*costs: int, currency: str = "USD", child_labour: bool = False) -> dict[str, Any]:
    """A plan to sell groceries."""
    return {
        "form": "WRITTEN",
        "activity": "GROCERY",
        "place": "200105",
        "currency": currency,
        "costs": [{"kind": "STOCK", "amount": cost} for cost in costs or (18_000, 7_000)],
        "sales_per_month": 9_000,
        "good_months": [1, 4, 11],
        "own_contribution": 2_000,
        "own_work_days": 12,
        "risks": ["FLOOD"],
        "without_child_labour": not child_labour,
    }


@dataclass
class Desk:
    """Grants, and what its people ask for."""

    world: Harness
    versions: dict[str, int] = field(default_factory=dict)

    async def ask(self, name: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A command on a thing at the version that was seen last."""
        thing = path.rpartition("/")[0]
        answer = await self.world.post(
            f"/grants/v1/{path}", who(name), body or {}, version=self.versions.get(thing), **more
        )
        if answer.is_success:
            self.versions[f"{thing if '/' in path else path}"] = answer.json()["version"]
            self.versions[f"{path.partition('/')[0]}/{answer.json()['ref']}"] = answer.json()["version"]
        return answer

    async def done(self, name: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """A command that must succeed."""
        answer = await self.ask(name, path, body, **more)
        assert answer.is_success, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, name: str, path: str, body: dict[str, Any] | None = None) -> str:
        """The code with which a command is refused."""
        answer = await self.ask(name, path, body)
        assert answer.is_client_error, (path, answer.status_code, answer.text)
        return str(answer.json()["code"])

    async def read(self, path: str, name: str = "dara", **params: Any) -> dict[str, Any]:
        """A read that must succeed; remembers the version."""
        answer = await self.world.get(f"/grants/v1/{path}", who(name), **params)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json()
        if "version" in found:
            self.versions[path] = found["version"]
        return found

    async def heard(self, case: str, *, but: tuple[type[Event], ...] = (), more: tuple[Event, ...] = ()) -> str:
        """Let grants hear what makes a case ready for a grant."""
        case_ref = ref(case)
        facts: list[tuple[str, Event]] = [
            ("intake", opened(case)),
            ("intake", consented(case)),
            ("screening", entitled(case)),
            ("referrals", goal(case)),
            ("referrals", trained(case)),
            *(("intake", event) for event in more),
        ]
        for source, event in facts:
            if not isinstance(event, but):
                await self.world.hear(source, event)
        return case_ref

    async def programme(self, budget: int = 100_000, **terms: Any) -> str:
        """A programme in US dollars."""
        body = {"name": "Return fund", "currency": "USD", "budget": budget, "terms": TERMS | terms}
        return str((await self.done("bopha", "programmes", body))["ref"])

    async def drafted(self, case: str, programme: str, plan: dict[str, Any] | None = None) -> str:
        """A draft with everybody who will be needed."""
        body = {
            "ref": ref(f"application of {case}"),
            "case_ref": ref(case),
            "programme_ref": programme,
            "holders": [ref(f"person of {case}")],
            "plan": plan or business_plan(),
            "notes": {"words": "She wants to sell rice and soap at the crossroads."},
        }
        path = f"applications/{(await self.done('dara', 'applications', body))['ref']}"
        for name, kind in (("mony", "ASSESSOR"), ("sreymom", "DISBURSER"), ("veasna", "RECONCILER")):
            await self.done("dara", f"{path}/assign", part(name, kind))
        return path

    async def assessed(self, case: str, programme: str, plan: dict[str, Any] | None = None) -> str:
        """An assessed application."""
        path = await self.drafted(case, programme, plan)
        await self.done("dara", f"{path}/submit")
        await self.done("mony", f"{path}/check-eligibility", {"basis": "GRANT_ADULT"})
        await self.done("mony", f"{path}/assess", {"recommended": True})
        return path

    async def voted(self, path: str, *ballots: str) -> None:
        """The committee of three, and its votes."""
        members = ("sovann", "neary", "phirun")
        house = pseudonym("organisation", ORGANISATION)
        seats = [{"staff_ref": staff(name), "organisation_ref": house} for name in members]
        await self.done("mony", f"{path}/send-to-committee", {"members": seats, "chair": staff("sovann")})
        for name, ballot in zip(members, ballots or ("FOR", "FOR", "AGAINST"), strict=False):
            await self.done(name, f"{path}/vote", {"ballot": ballot})

    async def approved(self, case: str, programme: str) -> str:
        """An approved application for 250 dollars."""
        path = await self.assessed(case, programme)
        await self.voted(path)
        await self.done("sovann", f"{path}/approve", {"amount": 25_000})
        return path

    async def signed(self, case: str, programme: str) -> tuple[str, list[str], str]:
        """A signed agreement, its instalments and its business."""
        path = await self.approved(case, programme)
        await self.done("dara", f"{path}/sign-agreement", {"read_aloud": True, "copy_left": True})
        application_ref = path.partition("/")[2]
        parts = (await self.read("instalments", application_ref=application_ref))["items"]
        businesses = (await self.read("businesses", application_ref=application_ref))["items"]
        for found in parts:
            self.versions[f"instalments/{found['ref']}"] = found["version"]
        self.versions[f"businesses/{businesses[0]['ref']}"] = businesses[0]["version"]
        ordered = sorted(parts, key=lambda found: found["number"])
        return path, [f"instalments/{found['ref']}" for found in ordered], f"businesses/{businesses[0]['ref']}"

    async def paid(self, part_path: str) -> None:
        """One instalment, released and paid."""
        await self.done("sreymom", f"{part_path}/release", {"form": "GOODS"})
        await self.done("sreymom", f"{part_path}/pay", payment(part_path))

    async def evidenced(self, part_path: str, amount: int, name: str = "") -> None:
        """A receipt for an instalment."""
        await self.done("dara", f"{part_path}/add-receipt", receipt(name or part_path, amount))


def part(name: str, kind: str) -> dict[str, Any]:
    """Somebody's part."""
    organisation = pseudonym("organisation", ORGANISATION)
    return {"staff_ref": staff(name), "organisation_ref": organisation, "kind": kind}


def payment(name: str) -> dict[str, Any]:
    """A payment under the client's own ref."""
    return {"payment_ref": ref(f"payment {name}"), "currency": "USD"}


def receipt(name: str, amount: int) -> dict[str, Any]:
    """A receipt under the client's own ref."""
    return {"receipt_ref": ref(f"receipt {name}"), "kind": "RECEIPT", "amount": amount, "currency": "USD"}


def opened(case: str, household: str | None = None) -> intake.CaseOpened:
    """The case opens, in a household of its own unless one is named."""
    return intake.CaseOpened(
        case_ref=ref(case),
        organisation_ref=pseudonym("organisation", ORGANISATION),
        country="KH",
        is_minor=False,
        opened=DAY,
        household_ref=ref(f"household of {household or case}"),
    )


def consented(case: str) -> intake.ConsentGranted:
    """The person agrees to grant papers."""
    return intake.ConsentGranted(case_ref=ref(case), consent_ref=ref(f"consent {case}"), purpose=ConsentPurpose.GRANT)


def entitled(case: str, *entitlements: str) -> screening.DeterminationMade:
    """Screening publishes entitlements."""
    return screening.DeterminationMade(
        case_ref=ref(case),
        determination_ref=ref(f"determination {case}"),
        body="NGO",
        deciders=1,
        entitlements=entitlements or ("GRANT_ADULT",),
        day=DAY,
    )


def goal(case: str) -> referrals.GoalSet:
    """The plan asks for a grant."""
    return referrals.GoalSet(
        case_ref=ref(case), goal_ref=ref(f"goal {case}"), domain="LIVELIHOOD", service="GRANT-BIZ", due_on=DAY
    )


def trained(case: str) -> referrals.ServiceReferralCompleted:
    """The training in running a business was given."""
    return referrals.ServiceReferralCompleted(
        case_ref=ref(case),
        service_referral_ref=ref(f"training {case}"),
        service="SKL-FIN",
        organisation_ref=ref("training centre"),
        day=DAY,
    )
