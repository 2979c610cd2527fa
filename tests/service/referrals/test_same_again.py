"""Every creating request of referrals, sent twice: the same is done once, and with any other content it is refused."""

from datetime import date
from typing import Any

import pytest

from services.referrals.followups.commands import PlanFollowup
from services.referrals.goals.commands import SetGoal
from services.referrals.groups.commands import FormGroup, HoldMeeting
from services.referrals.memberships.commands import JoinGroup
from services.referrals.organisations.commands import RegisterOrganisation
from services.referrals.plans.commands import OpenPlan
from services.referrals.service_referrals.commands import DeliverService, DraftServiceReferral
from services.referrals.staff.commands import RegisterStaff
from shared.contracts import intake, screening
from shared.ids import pseudonym
from shared.testing import ref
from tests.service.referrals.creating import PROPOSALS, Creating
from tests.service.referrals.desk import CASE, HOUSE, SCHOOL, SUPERVISOR, TEACHER, WORKER, Desk
from tests.support.given import commands
from tests.support.stewards import FIRST, SECOND, begun

OTHER = ref("other case")
EARLIER = {"effective_at": "2026-11-04T00:00:01+07:00"}


ALL = (
    Creating(
        RegisterOrganisation,
        "organisations",
        "organisation",
        {"kind": "SCHOOL", "name": "A school", "services": [{"service": "EDU-ENROL"}], "contact": {"phone": "012"}},
        {
            "kind": "NGO",
            "name": "Another",
            "alternate_name": "B",
            "country": "VN",
            "services": [],
            "contact": {"phone": "013"},
        },
    ),
    *PROPOSALS,
    Creating(
        RegisterStaff,
        "staff",
        "staff",
        {"organisation_ref": HOUSE, "staff_ref": ref("staff"), "name": "Chan Sophy", "roles": ["CASEWORKER"]},
        {
            "organisation_ref": SCHOOL,
            "staff_ref": ref("other staff"),
            "name": "Keo Vibol",
            "roles": ["SUPERVISOR"],
        },
        not_theirs="organisation_ref",
    ),
    Creating(
        FormGroup,
        "groups",
        "peer_group",
        {"kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Rice"},
        {"kind": "COOPERATIVE", "service": "RICE-BANK", "name": "Palm"},
    ),
    Creating(
        HoldMeeting,
        f"groups/{ref('group')}/meetings",
        "group_meeting",
        {"memberships": [ref("joins")]},
        {"memberships": []},
    ),
    Creating(OpenPlan, "plans", "plan", {"case_ref": CASE}, {"case_ref": OTHER}),
    Creating(
        SetGoal,
        "goals",
        "goal",
        {
            "plan_ref": ref("plan"),
            "domain": "EDUCATION",
            "service": "EDU-ENROL",
            "responsible": "PERSON",
            "due_on": "2026-12-01",
            "note": "wants to read",
        },
        {
            "plan_ref": ref("other plan"),
            "domain": "HEALTH",
            "service": None,
            "responsible": "CAREGIVER",
            "due_on": "2026-12-02",
            "note": "wants to write",
        },
    ),
    Creating(
        DraftServiceReferral,
        "service-referrals",
        "service_referral",
        {"case_ref": CASE, "service": "EDU-ENROL", "organisation_ref": SCHOOL, "note": "grade three"},
        {"case_ref": OTHER, "service": "EDU-MATERIAL", "organisation_ref": HOUSE, "note": "grade four"},
    ),
    Creating(
        DeliverService,
        f"service-referrals/{ref('request')}/deliveries",
        "delivery",
        {"quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"},
        {"quantity": 2, "unit": "PIECE", "acknowledgement": "WRITTEN"},
        TEACHER,
    ),
    Creating(
        JoinGroup,
        "memberships",
        "membership",
        {"case_ref": CASE, "group_ref": ref("group"), "member": "PERSON"},
        {"case_ref": OTHER, "group_ref": ref("other group"), "member": "HOUSEHOLD"},
    ),
    Creating(
        PlanFollowup,
        "followups",
        "followup",
        {"case_ref": CASE, "due_on": "2026-12-01"},
        {
            "case_ref": OTHER,
            "kind": "HOME_TRACE",
            "due_on": "2026-12-02",
            "opens_on": "2026-11-30",
            "closes_on": "2026-12-03",
        },
    ),
)


def test_every_creating_command_is_walked() -> None:
    ours = {kind for kind in commands() if kind.__module__.startswith("services.referrals")}
    assert {kind for kind in ours if "ref" in kind.model_fields} == {one.command for one in ALL}
    for one in ALL:
        assert {"ref", *EARLIER, *one.others} == set(one.command.model_fields)


async def _other_case(desk: Desk) -> None:
    opened = intake.CaseOpened(
        case_ref=OTHER, organisation_ref=HOUSE, country="VN", is_minor=False, opened=date(2026, 11, 3)
    )
    staff = pseudonym("staff", "supervisor")
    works = intake.CaseAssigned(case_ref=OTHER, staff_ref=staff, organisation_ref=HOUSE, kind="TEAM")
    await desk.harness.hear("intake", opened, works)


async def _done(desk: Desk, path: str, body: dict[str, Any], who: str = SUPERVISOR, version: int | None = None) -> None:
    answer = await desk.post(path, who, body, version)
    assert answer.status_code in (200, 201), (path, answer.text)


async def _world(desk: Desk) -> None:
    """Two cases with a plan each and none that opened by itself, two groups with a member, a request accepted."""
    await begun(desk.harness)
    court = {"ref": ref("agreed"), "organisation_ref": ref("court"), "kind": "COURT", "name": "A court"}
    await _done(desk, "proposals/registration", court, FIRST)
    await _done(desk, f"proposals/{ref('agreed')}/confirm", {}, SECOND, version=1)
    plan = await desk.opened(minor=False)
    await _other_case(desk)
    made = [row["ref"] for row in await desk.rows("plan")]
    for found in made:
        await _done(desk, f"plans/{found}/void", {"reason": "PRACTICE"}, version=1)
    assert plan in made
    for case_ref, name in ((CASE, "plan"), (OTHER, "other plan")):
        await _done(desk, "plans", {"ref": ref(name), "case_ref": case_ref})
    await desk.harness.hear(
        "screening",
        screening.DeterminationMade(
            case_ref=CASE,
            determination_ref=ref("determination"),
            body="NGO",
            deciders=1,
            entitlements=("HOUSEHOLD_SUPPORT",),
            handling=(),
            day=date(2026, 11, 4),
        ),
    )
    await desk.directory("EDU-ENROL", "EDU-MATERIAL")
    await desk.house_listed()
    await desk.may_share()
    for name in ("group", "other group", "first group"):
        await _done(desk, "groups", {"ref": ref(name), "kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "R"})
    request = f"service-referrals/{ref('request')}"
    draft = {"ref": ref("request"), "case_ref": CASE, "service": "EDU-ENROL", "organisation_ref": SCHOOL}
    await _done(desk, "service-referrals", draft)
    await _done(desk, f"{request}/send", {}, version=1)
    await _done(desk, f"{request}/accept", {}, TEACHER, version=2)


async def _prepared(desk: Desk, one: Creating) -> None:
    await _world(desk)
    if one.command is OpenPlan:
        await _done(desk, f"plans/{ref('plan')}/void", {"reason": "PRACTICE"}, version=1)
    if one.command is HoldMeeting:
        joins = {"ref": ref("joins"), "case_ref": CASE, "group_ref": ref("group"), "member": "PERSON"}
        await _done(desk, "memberships", joins)


async def _stored(desk: Desk, one: Creating) -> Any:
    return await desk.rows(one.table), await desk.harness.told("referrals")


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.command.__name__)
async def test_a_creating_request_sent_again(desk: Desk, one: Creating) -> None:
    await _prepared(desk, one)
    body = {**one.body, "ref": ref("new")}
    first = await desk.post(one.path, one.who, body)
    assert first.status_code == 201, first.text
    stored = await _stored(desk, one)
    again = await desk.post(one.path, one.who, body)
    assert (again.status_code, {**again.json(), "lines": None}) == (201, {**first.json(), "lines": None})
    for field, other in (EARLIER | one.others).items():
        refused = await desk.post(one.path, one.who, {**body, field: other})
        wanted = (404, "not_found") if field == one.not_theirs else (409, "ref_in_use")
        assert (refused.status_code, refused.json()["code"]) == wanted, field
    assert await _stored(desk, one) == stored


@pytest.mark.parametrize(
    ("path", "body", "who"),
    [
        (f"groups/{ref('other group')}/meetings", {"memberships": []}, SUPERVISOR),
        (
            f"service-referrals/{ref('second')}/deliveries",
            {"quantity": 1, "unit": "PIECE", "acknowledgement": "NONE"},
            SUPERVISOR,
        ),
    ],
)
async def test_what_was_added_to_one_thing_is_not_added_to_another(
    desk: Desk, path: str, body: dict[str, Any], who: str
) -> None:
    await _world(desk)
    for name in ("first", "second"):
        request = {"ref": ref(name), "case_ref": CASE, "service": "PSY-COUNSEL", "organisation_ref": HOUSE}
        await _done(desk, "service-referrals", request)
        await _done(desk, f"service-referrals/{ref(name)}/send", {}, version=1)
        await _done(desk, f"service-referrals/{ref(name)}/accept", {}, WORKER, version=2)
    kind, _, added = path.split("/")
    first = f"{kind}/{ref('first group' if kind == 'groups' else 'first')}/{added}"
    await _done(desk, first, {**body, "ref": ref("added")}, who)
    refused = await desk.post(path, who, {**body, "ref": ref("added")})
    assert (refused.status_code, refused.json()["code"]) == (409, "ref_in_use")
