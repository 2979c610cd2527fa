"""Invented grants for rules: refs from names, a programme, a plan, an application at any point of its way."""

from datetime import date
from typing import Any

from services.grants.applications import commands as ask
from services.grants.applications.committee import Ballot, Member
from services.grants.applications.domain import decide
from services.grants.applications.state import Application, BusinessPlan, Cost, Facts, PlanForm, Standing
from services.grants.programmes.state import Programme, Status, Terms
from shared.contracts.grants import Basis, Currency
from shared.testing import ref

DAY = date(2026, 11, 4)


def programme(**changes: Any) -> Programme:
    """A thousand dollars, at most 500 each."""
    usual = Programme(
        status=Status.OPEN,
        organisation_ref=ref("fund"),
        opened_by=ref("bopha"),
        name="Return fund",
        currency=Currency.USD,
        budget=100_000,
        terms=Terms(ceiling=50_000, small_limit=15_000),
        opened_on=DAY,
    )
    return usual.but(**changes)


def plan(*costs: int, **changes: Any) -> BusinessPlan:
    """Groceries."""
    usual = BusinessPlan(
        form=PlanForm.WRITTEN,
        activity="GROCERY",
        place="200105",
        currency=Currency.USD,
        costs=tuple(Cost(kind="STOCK", amount=cost) for cost in costs or (25_000,)),
        sales_per_month=9_000,
        risks=("FLOOD",),
        without_child_labour=True,
    )
    return usual.but(**changes)


READY = Standing(
    entitlements=frozenset({"GRANT_ADULT", "GRANT_CAREGIVER_HOUSEHOLD"}),
    trained=frozenset({"SKL-FIN"}),
    household_ref=ref("household"),
)


def facts(who: str = "dara", **changes: Any) -> Facts:
    """Everything is as it should be, unless a test says otherwise."""
    given: dict[str, Any] = {"programme": programme(), "standing": READY, "day": DAY} | changes
    return Facts(application_ref=ref("application"), actor=ref(who), organisation=ref("fund"), **given)


def draft(**changes: Any) -> ask.DraftApplication:
    """An application for Sok alone."""
    usual = ask.DraftApplication(
        case_ref=ref("case"), programme_ref=ref("programme"), holders=(ref("sok"),), plan=plan()
    )
    return usual.but(**changes)


def after(state: Application | None, command: ask.ApplicationCommand, about: Facts) -> Application:
    """The state after a command that decides something."""
    decided = decide(state, command, about)
    assert decided.events
    return decided.state


def drafted(**changes: Any) -> Application:
    """Somebody began to write."""
    return after(None, draft(**changes), facts())


def submitted(**changes: Any) -> Application:
    """Handed in."""
    return after(drafted(**changes), ask.SubmitApplication(), facts())


def checked(**changes: Any) -> Application:
    """Eligible."""
    return after(submitted(**changes), ask.CheckEligibility(basis=Basis.GRANT_ADULT), facts("mony"))


def assessed(**changes: Any) -> Application:
    """Judged."""
    return after(checked(**changes), ask.AssessApplication(recommended=True), facts("mony"))


def members(*names: str) -> tuple[Member, ...]:
    """People of partner organisations."""
    return tuple(Member(staff_ref=ref(name), organisation_ref=ref(f"of {name}")) for name in names)


def seat(*names: str, chair: str | None = None) -> ask.SendToCommittee:
    """A committee; the first is the chair."""
    people = names or ("sovann", "neary", "phirun")
    return ask.SendToCommittee(members=members(*people), chair=ref(chair or people[0]))


def sitting(*ballots: Ballot, **changes: Any) -> Application:
    """A committee of three that voted so."""
    state = after(assessed(**changes), seat(), facts("mony"))
    for name, ballot in zip(("sovann", "neary", "phirun"), ballots, strict=False):
        state = after(state, ask.CastVote(ballot=ballot), facts(name))
    return state


def approved(amount: int = 25_000, **changes: Any) -> Application:
    """Approved by all three."""
    state = sitting(Ballot.FOR, Ballot.FOR, Ballot.FOR, **changes)
    return after(state, ask.ApproveApplication(amount=amount), facts("sovann"))


def signed() -> Application:
    """Signed."""
    return after(approved(), ask.SignAgreement(read_aloud=True, copy_left=True), facts())
