"""The way of an application: what must hold at each step, and what each step tells."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.grants.applications import commands as ask
from services.grants.applications.commands import StaffKind
from services.grants.applications.committee import Ballot
from services.grants.applications.domain import decide
from services.grants.applications.running import handed_over
from services.grants.applications.state import Application, Status
from services.grants.programmes.state import Status as ProgrammeStatus
from shared.contracts import grants as told
from shared.contracts.grants import Basis, Currency, Training
from shared.testing import ref
from tests.unit.grants.builders import (
    DAY,
    READY,
    after,
    approved,
    assessed,
    checked,
    draft,
    drafted,
    facts,
    plan,
    programme,
    seat,
    signed,
    sitting,
    submitted,
)
from tests.unit.grants.refusals import refused
from tests.unit.grants.test_money import RIEL

FOR = Ballot.FOR
CHECK = ask.CheckEligibility(basis=Basis.GRANT_ADULT)


def test_whoever_drafts_is_assigned() -> None:
    decided = decide(None, draft(), facts())
    assert [type(event) for event in decided.events] == [told.ApplicationDrafted, told.ApplicationAssigned]
    assert decided.events[1].model_dump()["staff_ref"] == ref("dara")
    assert decided.state.requested == 25_000


def test_the_same_draft_again_decides_nothing_and_another_is_refused() -> None:
    state = drafted()
    assert decide(state, draft(), facts()).events == ()
    with refused("not_allowed_in_status"):
        decide(state, draft(plan=plan(1)), facts())


def test_nothing_but_a_draft_begins_an_application() -> None:
    with refused("not_allowed_in_status"):
        decide(None, ask.SubmitApplication(), facts())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"standing": replace(READY, open=False)}, "case_not_open"),
        ({"standing": replace(READY, missing=True)}, "person_missing"),
        ({"programme": programme(status=ProgrammeStatus.CLOSED)}, "programme_not_open"),
    ],
)
def test_a_draft_needs_a_case_and_a_programme(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        decide(None, draft(), facts(**changes))


def test_a_plan_in_riel_keeps_the_rate_by_which_it_was_converted() -> None:
    state = drafted(plan=plan(810_000, currency=Currency.KHR), rate=RIEL)
    assert state.conversion is not None
    assert (state.requested, state.conversion.rate, state.conversion.given) == (20_000, RIEL, 810_000)
    changed = ask.CorrectApplication(
        reason="MISTYPED", holders=state.holders, plan=plan(405_000, currency=Currency.KHR), rate=RIEL
    )
    assert after(state, changed, facts()).requested == 10_000


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"without_child_labour": False}, "children_would_work"),
        ({"risks": ()}, "risks_not_named"),
        ({"costs": ({"kind": "STOCK", "amount": 50_001},)}, "over_the_ceiling"),
    ],
)
def test_a_plan_that_cannot_be_judged_is_not_handed_in(changed: dict[str, Any], code: str) -> None:
    with refused(code):
        decide(drafted(plan=plan().but(**changed)), ask.SubmitApplication(), facts())


def test_a_correction_changes_the_plan_and_joins_the_preparers() -> None:
    command = ask.CorrectApplication(reason="NEW_INFORMATION", holders=(ref("sok"), ref("srey")), plan=plan(9_000))
    state = after(drafted(), command, facts("kosal"))
    assert (state.requested, state.preparers, len(state.holders)) == (9_000, (ref("dara"), ref("kosal")), 2)
    same = ask.CorrectApplication(reason="MISTYPED", holders=(ref("sok"), ref("srey")), plan=plan(8_000))
    assert after(state, same, facts("kosal")).requested == 8_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"entitlements": frozenset({"SCHOOL"})}, "not_entitled"),
        ({"consented": False}, "consent_missing"),
        ({"planned": False}, "plan_goal_missing"),
        ({"trained": frozenset({"SKL-LIFE"})}, "training_missing"),
        ({"open": False}, "case_not_open"),
    ],
)
def test_eligibility_needs_everything(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        decide(submitted(), CHECK, facts("mony", standing=replace(READY, **changes)))


def test_one_grant_per_household_at_a_time() -> None:
    with refused("household_has_a_grant"):
        decide(submitted(), CHECK, facts("mony", household_busy=True))


def test_training_may_be_waived_with_a_reason() -> None:
    about = facts("mony", standing=replace(READY, trained=frozenset()))
    state = after(submitted(), CHECK.but(waiver="EXPERIENCE"), about)
    assert (state.training, state.waiver) == (Training.WAIVED, "EXPERIENCE")
    assert checked().training is Training.DONE


def test_staff_are_assigned_and_released_by_name() -> None:
    give = ask.AssignStaff(staff_ref=ref("mony"), organisation_ref=ref("fund"), kind=StaffKind.ASSESSOR)
    take = ask.ReleaseStaff(staff_ref=ref("mony"), organisation_ref=ref("fund"), kind=StaffKind.ASSESSOR)
    state = after(drafted(), give, facts())
    assert decide(state, give, facts("bopha")).events == ()
    left = after(state, take, facts())
    assert len(left.assigned) == 1
    with refused("not_assigned"):
        decide(left, take, facts("bopha"))


def test_the_amount_is_at_most_what_was_asked() -> None:
    with refused("more_than_requested"):
        decide(sitting(FOR, FOR, FOR), ask.ApproveApplication(amount=25_001), facts("sovann"))


def test_conditions_are_looked_at_again_before_the_approval() -> None:
    about = facts("sovann", standing=replace(READY, consented=False))
    with refused("consent_missing"):
        decide(sitting(FOR, FOR, FOR), ask.ApproveApplication(amount=1), about)


@pytest.mark.parametrize(("read_aloud", "copy_left"), [(False, True), (True, False)])
def test_an_agreement_is_read_aloud_and_a_copy_left(read_aloud: bool, copy_left: bool) -> None:
    command = ask.SignAgreement(read_aloud=read_aloud, copy_left=copy_left)
    with refused("agreement_not_explained"):
        decide(approved(), command, facts())


def test_the_first_payment_opens_the_disbursement_and_the_last_one_closes_it() -> None:
    nothing = handed_over(signed(), facts(), outstanding=2)
    assert (nothing.state.status, nothing.events) == (Status.AGREEMENT_SIGNED, ())
    first = handed_over(signed(), facts(handed_over=True), outstanding=1)
    assert first.state.status is Status.DISBURSING
    assert [type(event) for event in first.events] == [told.ApplicationDisbursing]
    again = handed_over(first.state, facts(handed_over=True), outstanding=1)
    assert again.events == ()
    last = handed_over(first.state, facts(handed_over=True), outstanding=0)
    assert [type(event) for event in last.events] == [told.ApplicationActive]


def active() -> Application:
    return handed_over(signed(), facts(handed_over=True), outstanding=0).state


@pytest.mark.parametrize(
    ("settled", "proven", "code"),
    [(False, True, "payments_not_reconciled"), (True, False, "business_not_proven")],
)
def test_completion_needs_receipts_and_a_business(settled: bool, proven: bool, code: str) -> None:
    with refused(code):
        decide(active(), ask.CompleteApplication(), facts(settled=settled, proven=proven))
    done = after(active(), ask.CompleteApplication(), facts(settled=True, proven=True))
    assert done.status is Status.COMPLETED


def test_suspended_and_resumed_it_stands_where_it_stood() -> None:
    suspended = after(active(), ask.SuspendApplication(reason="MISUSE_SUSPECTED"), facts())
    assert suspended.status is Status.SUSPENDED
    with refused("case_not_open"):
        decide(suspended, ask.ResumeApplication(), facts(standing=replace(READY, open=False)))
    assert after(suspended, ask.ResumeApplication(), facts()).status is Status.ACTIVE


@pytest.mark.parametrize(
    ("state", "command", "status"),
    [
        (active(), ask.TerminateApplication(reason="LOST_TO_FLOOD"), Status.TERMINATED),
        (signed(), ask.CancelApplication(reason="APPLICANT_WISH"), Status.CANCELLED),
        (drafted(), ask.VoidApplication(reason="DUPLICATE"), Status.VOIDED),
    ],
)
def test_it_can_end_early(state: Application, command: ask.ApplicationCommand, status: Status) -> None:
    ended = decide(state, command, facts())
    assert ended.state.status is status
    assert decide(ended.state, command, facts()).events == ()
    with refused("not_allowed_in_status"):
        decide(ended.state, command, facts("kosal"))


def test_a_grant_that_was_paid_is_terminated_not_cancelled() -> None:
    with refused("not_allowed_in_status"):
        decide(active(), ask.CancelApplication(reason="APPLICANT_WISH"), facts())


def test_deferred_for_want_of_money_it_goes_before_a_committee_again() -> None:
    deferred = after(sitting(FOR, FOR, FOR), ask.DeferApplication(), facts("sovann"))
    assert deferred.status is Status.DEFERRED
    assert after(deferred, seat("tola", "vanna", "samnang"), facts("mony")).status is Status.COMMITTEE_REVIEW


def test_a_revised_plan_is_handed_in_again() -> None:
    back = after(sitting(FOR, FOR, Ballot.AGAINST), ask.RequestRevision(reason="COSTS"), facts("sovann"))
    again = ask.CorrectApplication(reason="PERSON_ASKED", holders=back.holders, plan=plan(20_000))
    assert after(after(back, again, facts()), ask.SubmitApplication(), facts()).status is Status.SUBMITTED


EARLY = DAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "command", "who"),
    [
        (drafted(), ask.SubmitApplication(), "dara"),
        (submitted(), CHECK, "mony"),
        (checked(), ask.AssessApplication(recommended=True), "mony"),
        (assessed(), seat(), "mony"),
        (sitting(), ask.CastVote(ballot=FOR), "sovann"),
        (sitting(FOR, FOR, FOR), ask.ApproveApplication(amount=1), "sovann"),
        (approved(), ask.SignAgreement(read_aloud=True, copy_left=True), "dara"),
        (active(), ask.SuspendApplication(reason="MISUSE_SUSPECTED"), "dara"),
        (active(), ask.TerminateApplication(reason="LOST_TO_FLOOD"), "dara"),
        (active(), ask.CompleteApplication(), "dara"),
    ],
)
def test_no_step_is_dated_before_the_one_it_follows(
    state: Application, command: ask.ApplicationCommand, who: str
) -> None:
    about = facts(who, settled=True, proven=True)
    assert decide(state, command, about).events
    with refused("before_what_it_follows"):
        decide(state, command, replace(about, day=EARLY))


def test_the_chair_concludes_no_earlier_than_the_last_vote() -> None:
    state = sitting(FOR, FOR)
    late = after(state, ask.CastVote(ballot=FOR), facts("phirun", day=DAY + timedelta(days=2)))
    with refused("before_what_it_follows"):
        decide(late, ask.ApproveApplication(amount=1), facts("sovann", day=DAY + timedelta(days=1)))


@pytest.mark.parametrize(
    "changes", [{"standing": replace(READY, opened_on=DAY)}, {"programme": programme(opened_on=DAY)}]
)
def test_a_draft_follows_its_case_and_its_programme(changes: dict[str, Any]) -> None:
    assert decide(None, draft(), facts(**changes)).events
    with refused("before_what_it_follows"):
        decide(None, draft(), facts(day=EARLY, **changes))


def test_who_works_on_it_and_what_was_written_may_be_recorded_later() -> None:
    give = ask.AssignStaff(staff_ref=ref("mony"), organisation_ref=ref("fund"), kind=StaffKind.ASSESSOR)
    given = decide(submitted(), give, facts(day=EARLY))
    assert given.events
    assert given.state.stands_since == DAY


def test_every_status_says_what_it_hears() -> None:
    assert set(ask.STATUSES.allowed) == set(Status)
    assert assessed().status in ask.STATUSES.allowed
