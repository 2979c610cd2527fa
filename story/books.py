"""Reads a story back from the four services, list by list with cursors, as workers who may see it.

From the scenario it takes only the callers and the hand-over. Everything else comes from the services' answers.
"""

from collections.abc import Collection
from dataclasses import dataclass

from story.desk import Desk, Json
from story.header import Staff


@dataclass(frozen=True)
class Books:
    """What the services know of one hand-over's people. Lists in the services' order; cases by ref."""

    handover: Json
    lines: list[Json]
    cases: dict[str, Json]
    persons: dict[str, Json]
    stays: dict[str, Json]
    beds: dict[str, Json]
    provisions: list[Json]
    determinations: dict[str, Json]
    service_referrals: list[Json]
    deliveries: list[Json]
    memberships: list[Json]
    applications: list[Json]
    instalments: list[Json]
    programmes: list[Json]
    followups: list[Json]

    def sex(self, case_ref: str) -> str:
        """The sex of a case's person, as it was registered."""
        return str(self.persons[self.cases[case_ref]["person_ref"]].get("sex") or "NOT_RECORDED")

    def child(self, case_ref: str) -> bool:
        """Is the case a child's?"""
        return bool(self.cases[case_ref]["is_minor"])


@dataclass(frozen=True)
class _OfCases:
    """Lists of things, as far as they belong to these cases."""

    desk: Desk
    cases: Collection[str]

    async def each(self, who: Staff, path: str, **params: object) -> list[Json]:
        return [item for item in await self.desk.every(who, path, **params) if item["case_ref"] in self.cases]

    async def whole(self, who: Staff, path: str) -> dict[str, Json]:
        """One thing per case, each read by itself: sealed values stand in no list."""
        listed = await self.each(who, path)
        found = {one["case_ref"]: await self.desk.get(who, f"{path}/{one['ref']}") for one in listed}
        return {case_ref: thing for case_ref, thing in found.items() if thing is not None}


async def read_books(desk: Desk) -> Books:
    """Everything that the tables are made of."""
    scenario = desk.scenario
    officer, worker = scenario.on_duty("RECEIVES"), scenario.on_duty("SUPERVISES")
    handover_ref = desk.ref("handover", scenario.header.handover.key)
    handover = await desk.get(officer, f"/intake/v1/handovers/{handover_ref}") or {}
    cases = {case["ref"]: case for case in await desk.every(officer, "/intake/v1/cases", handover_ref=handover_ref)}

    of = _OfCases(desk, cases.keys())
    persons = {person["ref"]: person for person in await desk.every(officer, "/intake/v1/persons")}
    applications = await of.each(worker, "/grants/v1/applications")
    used = {application["programme_ref"] for application in applications}
    programmes = [one for one in await desk.every(worker, "/grants/v1/programmes") if one["ref"] in used]
    as_of = scenario.header.story.as_of
    return Books(
        handover=handover,
        lines=await desk.every(officer, "/intake/v1/lines", handover_ref=handover_ref),
        cases=cases,
        persons=persons,
        stays=await of.whole(officer, "/intake/v1/stays"),
        # Once somebody left, no service shows any more where they slept: the sheet is as the centre wrote it.
        beds={desk.case(stay.person): {"room": stay.room, "bed": stay.bed} for stay in scenario.stays.rows},
        provisions=await of.each(officer, "/intake/v1/provisions"),
        determinations=await of.whole(worker, "/screening/v1/determinations"),
        service_referrals=await of.each(worker, "/referrals/v1/service-referrals"),
        deliveries=await of.each(worker, "/referrals/v1/deliveries"),
        memberships=await of.each(worker, "/referrals/v1/memberships"),
        applications=applications,
        instalments=await of.each(worker, "/grants/v1/instalments"),
        programmes=programmes,
        followups=await of.each(scenario.on_duty("PLANS"), "/referrals/v1/followups", as_of=as_of),
    )
