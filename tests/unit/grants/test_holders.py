"""A caregiver under suspicion is not the only holder of a grant, unless supervisor and social affairs both agreed."""

from dataclasses import replace

import pytest

from services.grants.applications import commands as ask
from services.grants.applications.domain import decide
from services.grants.applications.state import Application, Signatory, Status
from shared.contracts.grants import Basis
from shared.testing import ref
from tests.unit.grants.builders import READY, after, draft, drafted, facts, plan
from tests.unit.grants.refusals import refused

SUSPECTED = replace(READY, implicated=frozenset({ref("sok")}))
CHECK = ask.CheckEligibility(basis=Basis.GRANT_CAREGIVER_HOUSEHOLD)
AGREE = ask.ExceptHolder(reason="UNDER_SUPERVISION")


def submitted(*holders: str) -> Application:
    state = decide(None, draft(holders=tuple(ref(name) for name in holders)), facts()).state
    return after(state, ask.SubmitApplication(), facts())


def excepted(state: Application, *signatories: Signatory) -> Application:
    for signatory in signatories:
        state = after(state, AGREE, facts(f"for {signatory}", signatory=signatory))
    return state


def test_h12_a_caregiver_under_suspicion_is_not_the_only_holder() -> None:
    with refused("holder_under_suspicion"):
        decide(submitted("sok"), CHECK, facts("mony", standing=SUSPECTED))


def test_with_somebody_else_as_holder_the_household_gets_its_grant() -> None:
    checked = decide(submitted("sok", "srey"), CHECK, facts("mony", standing=SUSPECTED))
    assert checked.state.status is Status.ELIGIBILITY_CHECKED


@pytest.mark.parametrize("signatory", list(Signatory))
def test_one_signature_is_not_enough(signatory: Signatory) -> None:
    with refused("holder_under_suspicion"):
        decide(excepted(submitted("sok"), signatory), CHECK, facts("mony", standing=SUSPECTED))


def test_h12_supervisor_and_social_affairs_together_except_a_holder() -> None:
    state = excepted(submitted("sok"), *Signatory)
    assert decide(state, CHECK, facts("mony", standing=SUSPECTED)).state.basis is Basis.GRANT_CAREGIVER_HOUSEHOLD
    assert [signed.reason for signed in state.exceptions] == ["UNDER_SUPERVISION"] * 2


def test_the_two_are_two_people_and_neither_prepared_it() -> None:
    state = after(submitted("sok"), AGREE, facts("bopha", signatory=Signatory.SUPERVISOR))
    assert decide(state, AGREE, facts("bopha", signatory=Signatory.SUPERVISOR)).events == ()
    other = AGREE.but(reason="NO_OTHER_CAREGIVER")
    with refused("separation_of_duties"):
        decide(state, other, facts("bopha", signatory=Signatory.SOCIAL_AFFAIRS))
    with refused("separation_of_duties"):
        decide(state, AGREE, facts("dara", signatory=Signatory.SOCIAL_AFFAIRS))
    with refused("already_signed"):
        decide(state, AGREE, facts("kosal", signatory=Signatory.SUPERVISOR))
    with refused("not_a_signatory"):
        decide(state, AGREE, facts("kosal"))


def test_other_holders_need_signatures_of_their_own() -> None:
    state = excepted(drafted(), *Signatory)
    change = ask.CorrectApplication(reason="NEW_INFORMATION", holders=(ref("chan"),), plan=plan())
    assert after(state, change, facts()).exceptions == ()
    assert len(after(state, change.but(holders=(ref("sok"),)), facts()).exceptions) == 2
