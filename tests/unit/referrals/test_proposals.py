"""The rules of proposals: what two directory stewards must agree on, and that they are two people."""

from typing import Any

import pytest

from services.referrals.organisations.commands import CorrectOrganisation, RegisterOrganisation, SuspendOrganisation
from services.referrals.organisations.state import Organisation
from services.referrals.organisations.state import Status as EntryStatus
from services.referrals.proposals import commands as ask
from services.referrals.proposals.agreeing import on_organisation, on_steward
from services.referrals.proposals.commands import Standing
from services.referrals.proposals.domain import decide
from services.referrals.proposals.state import Facts, Proposal, Status
from services.referrals.stewards.commands import AppointSteward, RemoveSteward
from services.referrals.stewards.state import Status as StewardStatus
from services.referrals.stewards.state import Steward
from shared.contracts import referrals as told
from shared.contracts.referrals import ProposalAct
from shared.errors import Refused
from shared.testing import ref

ANNA, BORA, CHAN = ref("anna"), ref("bora"), ref("chan")
OFFICE, MINISTRY, STATION = ref("office"), ref("ministry"), ref("station")
POLICE = Organisation(status=EntryStatus.ACTIVE, kind="POLICE", name="A station", country="KH")
SCHOOL = POLICE.but(kind="SCHOOL", name="A school")
REGISTER = ask.ProposeRegistration(organisation_ref=STATION, kind="POLICE", name="A station")


def steward(staff_ref: str, organisation_ref: str = OFFICE) -> Steward:
    return Steward(status=StewardStatus.ACTIVE, staff_ref=staff_ref, organisation_ref=organisation_ref)


TWO = (steward(ANNA), steward(BORA))


def facts(by: str, of: str = OFFICE, **more: Any) -> Facts:
    return Facts(**{"proposal_ref": ref("proposal"), "by": by, "by_organisation": of, "active": TWO, **more})


def proposed(command: Any = REGISTER, **more: Any) -> Proposal:
    return decide(None, command, facts(ANNA, **more)).state


def test_one_proposes_and_the_fact_says_of_nobody_what_it_is() -> None:
    decided = decide(None, REGISTER, facts(ANNA))
    assert (decided.state.status, decided.state.proposed_by) == (Status.PROPOSED, ANNA)
    [made] = decided.events
    assert isinstance(made, told.ProposalMade)
    assert (made.act, made.organisation_ref) == (ProposalAct.REGISTER, STATION)
    assert set(type(made).model_fields) == {"directory_ref", "proposal_ref", "act", "organisation_ref"}


def test_another_confirms() -> None:
    decided = decide(proposed(), ask.ConfirmProposal(), facts(BORA))
    assert (decided.state.status, decided.state.answered_by) == (Status.CONFIRMED, BORA)
    assert [type(event) for event in decided.events] == [told.ProposalConfirmed]


def test_another_declines_with_a_reason() -> None:
    decided = decide(proposed(), ask.DeclineProposal(reason="NO_PROOF"), facts(BORA))
    assert (decided.state.status, decided.state.decline_reason) == (Status.DECLINED, "NO_PROOF")
    assert [type(event) for event in decided.events] == [told.ProposalDeclined]


@pytest.mark.parametrize("answer", [ask.ConfirmProposal(), ask.DeclineProposal(reason="OTHER")])
@pytest.mark.parametrize("of", [OFFICE, MINISTRY])
def test_whoever_proposed_answers_for_no_organisation(answer: Any, of: str) -> None:
    """The person counts. A second entry of theirs, at another organisation, would change nothing."""
    twice = (*TWO, steward(ANNA, MINISTRY))
    with pytest.raises(Refused, match="second_steward_needed"):
        decide(proposed(), answer, facts(ANNA, of, active=twice))


def test_only_whoever_proposed_takes_it_back() -> None:
    with pytest.raises(Refused, match="proposed_by_another"):
        decide(proposed(), ask.WithdrawProposal(), facts(BORA))
    decided = decide(proposed(), ask.WithdrawProposal(), facts(ANNA))
    assert decided.state.status is Status.WITHDRAWN
    assert [type(event) for event in decided.events] == [told.ProposalWithdrawn]


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN])
def test_what_was_answered_is_answered_once(status: Status) -> None:
    for command in (ask.ConfirmProposal(), ask.DeclineProposal(reason="OTHER"), ask.WithdrawProposal()):
        with pytest.raises(Refused, match="not_allowed_in_status"):
            decide(proposed().but(status=status), command, facts(BORA))


def test_a_proposal_of_somebody_who_was_removed_is_confirmed_by_nobody() -> None:
    left = (steward(BORA), steward(CHAN))
    with pytest.raises(Refused, match="proposer_looks_after_it_no_more"):
        decide(proposed(), ask.ConfirmProposal(), facts(BORA, active=left))
    assert decide(proposed(), ask.DeclineProposal(reason="OTHER"), facts(BORA, active=left)).events


@pytest.mark.parametrize(
    "command",
    [
        ask.ProposeCorrection(organisation_ref=MINISTRY, kind="COURT"),
        ask.ProposeAppointment(organisation_ref=MINISTRY, staff_ref=CHAN, name="Chan"),
    ],
)
def test_nobody_confirms_what_their_own_organisation_is_to_be_while_another_has_a_steward(command: Any) -> None:
    both = (steward(ANNA, OFFICE), steward(BORA, MINISTRY))
    state = proposed(command, entry=POLICE.but(kind="MINISTRY"), active=both)
    with pytest.raises(Refused, match="about_own_organisation"):
        decide(state, ask.ConfirmProposal(), facts(BORA, MINISTRY, active=both))
    assert decide(state.but(proposed_by=BORA), ask.ConfirmProposal(), facts(ANNA, active=both)).events


def test_the_only_organisation_with_stewards_decides_about_itself() -> None:
    command = ask.ProposeCorrection(organisation_ref=OFFICE, kind="MINISTRY")
    state = proposed(command, entry=SCHOOL.but(kind="NGO"))
    assert decide(state, ask.ConfirmProposal(), facts(BORA)).events


def test_whoever_looks_after_the_directory_may_confirm_that_a_colleague_no_longer_does() -> None:
    three = (steward(ANNA), steward(BORA, MINISTRY), steward(CHAN, MINISTRY))
    command = ask.ProposeRemoval(staff_ref=CHAN)
    state = proposed(command, steward=three[2], active=three)
    assert decide(state, ask.ConfirmProposal(), facts(BORA, MINISTRY, active=three)).events


@pytest.mark.parametrize("kind", ["NGO", "SCHOOL", "BUSINESS", "HEALTH_CENTRE", "SHELTER", "LEGAL_AID", "OTHER"])
def test_a_kind_without_authority_needs_no_proposal(kind: str) -> None:
    with pytest.raises(Refused, match="needs_no_proposal"):
        decide(None, REGISTER.but(kind=kind), facts(ANNA))


@pytest.mark.parametrize(
    ("command", "more", "code"),
    [
        (REGISTER, {"entry": POLICE}, "organisation_known"),
        (ask.ProposeCorrection(organisation_ref=STATION, kind="COURT"), {}, "organisation_unknown"),
        (ask.ProposeCorrection(organisation_ref=STATION), {"entry": POLICE}, "proposal_says_nothing"),
        (ask.ProposeCorrection(organisation_ref=STATION, kind="NGO"), {"entry": SCHOOL}, "needs_no_proposal"),
        (ask.ProposeStanding(organisation_ref=STATION, standing=Standing.CLOSE), {}, "organisation_unknown"),
        (
            ask.ProposeStanding(organisation_ref=STATION, standing=Standing.CLOSE),
            {"entry": SCHOOL},
            "needs_no_proposal",
        ),
        (
            ask.ProposeStanding(organisation_ref=STATION, standing=Standing.SUSPEND),
            {"entry": POLICE},
            "reason_of_another_kind",
        ),
        (
            ask.ProposeStanding(organisation_ref=STATION, standing=Standing.CLOSE, void_reason="DUPLICATE"),
            {"entry": POLICE},
            "reason_of_another_kind",
        ),
        (
            ask.ProposeAppointment(organisation_ref=OFFICE, staff_ref=BORA, name="Bora"),
            {"entry": SCHOOL},
            "steward_known",
        ),
        (ask.ProposeAppointment(organisation_ref=OFFICE, staff_ref=CHAN, name="Chan"), {}, "organisation_unknown"),
        (
            ask.ProposeAppointment(organisation_ref=OFFICE, staff_ref=CHAN, name="Chan"),
            {"entry": SCHOOL.but(status=EntryStatus.CLOSED)},
            "organisation_unknown",
        ),
        (ask.ProposeRemoval(staff_ref=CHAN), {}, "steward_unknown"),
    ],
)
def test_what_cannot_be_is_not_proposed(command: Any, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(None, command, facts(ANNA, **more))


@pytest.mark.parametrize(
    ("command", "more", "comes_to"),
    [
        (REGISTER, {}, RegisterOrganisation(kind="POLICE", name="A station")),
        (
            ask.ProposeCorrection(organisation_ref=STATION, kind="POLICE", alternate_name=None),
            {"entry": SCHOOL},
            CorrectOrganisation(kind="POLICE", alternate_name=None),
        ),
        (
            ask.ProposeStanding(organisation_ref=STATION, standing=Standing.SUSPEND, pause_reason="COMPLAINT"),
            {"entry": POLICE},
            SuspendOrganisation(reason="COMPLAINT"),
        ),
        (
            ask.ProposeAppointment(organisation_ref=OFFICE, staff_ref=CHAN, name="Chan"),
            {"entry": SCHOOL},
            AppointSteward(staff_ref=CHAN, organisation_ref=OFFICE, name="Chan"),
        ),
        (ask.ProposeRemoval(staff_ref=BORA), {"steward": TWO[1]}, RemoveSteward()),
    ],
)
def test_what_it_comes_to_is_what_was_proposed_and_nothing_else(
    command: Any, more: dict[str, Any], comes_to: Any
) -> None:
    state = proposed(command, **more)
    found = on_organisation(state) or on_steward(state, getattr(command, "name", None))
    assert found == comes_to
    if isinstance(comes_to, CorrectOrganisation):
        assert isinstance(found, CorrectOrganisation)
        assert found.changes() == {"kind": "POLICE", "alternate_name": None}
