"""What tests of screening do again and again: hear of a case, interview somebody, let the rules suggest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.screening.interviews.forms import LATEST
from services.screening.interviews.state import Profile
from shared.auth import Role
from shared.contracts import intake, referrals
from shared.contracts.intake import AgeBasis, ConsentPurpose
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref

DAY = date(2026, 11, 4)
CASE, HOUSEHOLD, MOTHER, AUNT = (ref(name) for name in ("case", "household", "mother", "aunt"))
CENTRE = pseudonym("organisation", "bavet-centre")
INTERVIEWER = caller("sok-interviewer", Role.INTERVIEWER)
DECIDER = caller("dara-decider", Role.DECIDER)
SECOND = caller("vanna-supervisor", Role.SUPERVISOR)
DOSVY = caller("rath-dosvy", Role.SOCIAL_AFFAIRS, organisation="dosvy-svay-rieng")
WORKER = caller("chan-caseworker", Role.CASEWORKER)
TEAM = caller("thida-team", Role.CASEWORKER)
"""Who works on the case itself, and goes on when a duty in it is over."""
PEOPLE = {
    pseudonym("staff", name): who
    for name, who in (("chan-caseworker", WORKER), ("vanna-supervisor", SECOND), ("rath-dosvy", DOSVY))
}
"""Who sits on panels, by ref."""
ROOM = {"language": "km", "present": ["SUPPORT_PERSON"]}

SENT = ("SENT_BY_PARENT", "SLEPT_ROUGH", "DANGEROUS_WORK", "OUT_OF_SCHOOL")
EXPLOITED = ("LITTLE_OR_NO_PAY", "SLEPT_ROUGH", "LAW_IGNORED")


def staff(name: str) -> str:
    return pseudonym("staff", name)


def consent(purpose: ConsentPurpose = ConsentPurpose.INTERVIEW) -> intake.ConsentGranted:
    return intake.ConsentGranted(case_ref=CASE, consent_ref=ref("consent"), purpose=purpose)


def suspicion(implicated: bool = True) -> intake.CaseCaregiverImplicated:
    return intake.CaseCaregiverImplicated(
        case_ref=CASE, household_ref=HOUSEHOLD, person_ref=MOTHER, implicated=implicated
    )


def protects(case: str) -> intake.CaseAssigned:
    """The holder named the officer of social affairs who looks after the child."""
    office = pseudonym("organisation", "dosvy-svay-rieng")
    return intake.CaseAssigned(case_ref=case, staff_ref=staff("rath-dosvy"), organisation_ref=office, kind="AUTHORITY")


def aged(child_then: bool, child_on_day: bool) -> intake.CaseAgeEvaluated:
    return intake.CaseAgeEvaluated(
        case_ref=CASE, child_then=child_then, child_on_day=child_on_day, basis=AgeBasis.DOCUMENT, as_of=DAY
    )


def lines(yes: Iterable[str], profile: Profile = Profile.CHILD, sitting: str = "first") -> list[dict[str, Any]]:
    """YES to these questions of the form and NO to all others."""
    found = set(yes)
    return [
        {"ref": ref(f"{sitting}-{q.code}"), "question": q.code, "value": "YES" if q.code in found else "NO",
         "source": "SELF"}
        for q in LATEST.asked(profile)
    ]  # fmt: skip


@dataclass
class Casework:
    """One case at screening."""

    world: Harness
    interview: str = ""
    version: int = 0

    async def admit(self, *further: Any, minor: bool = True, too_young: bool = False) -> None:
        """Intake opened the case, admitted the person, met urgent needs and took consent."""
        opened = intake.CaseOpened(
            case_ref=CASE, organisation_ref=CENTRE, country="VN", is_minor=minor, opened=DAY, household_ref=HOUSEHOLD
        )
        stay: dict[str, Any] = {"case_ref": CASE, "stay_ref": ref("stay")}
        admitted = intake.StayAdmitted(**stay, organisation_ref=CENTRE, day=DAY, too_young_to_ask=too_young)
        needs = intake.StayUrgentNeedsChecked(**stay, day=DAY, needs=("FOOD",))
        working = {"staff_ref": staff("thida-team"), "organisation_ref": CENTRE, "kind": "TEAM"}
        team = intake.CaseAssigned(case_ref=CASE, **working)
        await self.world.hear("intake", opened, protects(CASE), team, admitted, needs, consent(), *further)
        self.interview = (await self.world.rows("screening", "interview"))[0]["ref"]
        await self.ask("assign", {"staff_ref": staff("sok-interviewer"), "organisation_ref": CENTRE}, version=1)

    async def know(self, *cases: str) -> None:
        """Intake opened these as well, at the same centre; nobody was admitted."""
        for case in cases:
            opened = intake.CaseOpened(
                case_ref=case, organisation_ref=CENTRE, country="VN", is_minor=True, opened=DAY, household_ref=HOUSEHOLD
            )
            await self.world.hear("intake", opened, protects(case))

    async def registered(self, organisation: str, kind: str) -> None:
        """The directory has an entry of an organisation."""
        entry = referrals.OrganisationRegistered(
            organisation_ref=pseudonym("organisation", organisation), kind=kind, country="KH", services=()
        )
        await self.world.hear("referrals", entry)

    async def ask(self, command: str, body: dict[str, Any] | None = None, *, version: int | None = None) -> Any:
        """A command on the interview by its interviewer, with the version it is at."""
        at = self.version if version is None else version
        path = f"/screening/v1/interviews/{self.interview}/{command}"
        answer = await self.world.post(path, INTERVIEWER, body, version=at)
        if answer.status_code < 300:
            self.version = answer.json()["version"]
        return answer

    async def interviewed(self, yes: Iterable[str], profile: Profile = Profile.CHILD) -> None:
        """Start, answer everything, complete."""
        await self.ask("start", {"room": ROOM})
        await self.ask("answers", {"answers": lines(yes, profile)})
        done = await self.ask("complete", {"first_month": "2026-08", "last_month": "2026-09"})
        assert done.status_code == 200, done.text

    async def suggest(self, who: str = DECIDER, body: str = "NGO") -> str:
        """Let the rules suggest to a body; the determination's ref."""
        asked = {"case_ref": CASE, "interview_ref": self.interview, "body": body}
        answer = await self.world.post("/screening/v1/determinations", who, asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["ref"])

    async def on(self, ref_: str, command: str, who: str, body: dict[str, Any] | None = None) -> Any:
        """A command on a determination, with the version it is at."""
        path = f"/screening/v1/determinations/{ref_}"
        version = (await self.world.get(path, SECOND)).json()["version"]
        return await self.world.post(f"{path}/{command}", who, body, version=version)

    async def best(self) -> dict[str, Any]:
        """The case's best-interests decision."""
        listed = await self.world.get("/screening/v1/best-interests", DOSVY, case_ref=CASE)
        return dict(listed.json()["items"][-1])

    async def on_best(self, command: str, who: str, **body: Any) -> Any:
        """A command on the case's best-interests decision, with the version it is at."""
        found = await self.best()
        path = f"/screening/v1/best-interests/{found['ref']}/{command}"
        return await self.world.post(path, who, body, version=found["version"])

    async def settle_best(self, who: str, **body: Any) -> Any:
        """Propose to whom the child may go, and let the other members confirm it, each by themselves."""
        answer = await self.on_best("propose", who, **body)
        for member in body["members"]:
            another = PEOPLE.get(member["staff_ref"])
            if answer.status_code == 200 and another not in (None, who):
                answer = await self.on_best("confirm", another)
        return answer

    async def told(self) -> list[str]:
        """The types of what screening told of the case, without service name and version."""
        return [kind.split(".", 1)[1].rsplit(".", 1)[0] for kind in await self.world.told("screening", f"case/{CASE}")]


def decision(outcome: str, words: str | None = None) -> dict[str, Any]:
    return {"outcome": outcome, "reason": "AGREES_WITH_SUGGESTION" if words is None else "OTHER", "words": words}
