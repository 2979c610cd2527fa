"""The rules of the directory."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.referrals.organisations import commands as ask
from services.referrals.organisations.domain import decide
from services.referrals.organisations.state import Facts, OfferedService, Organisation, OrganisationContact, Status
from shared.codes import lookup
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.testing import ref

FACTS = Facts(organisation_ref=ref("school"), day=date(2015, 11, 4))
ENROL = OfferedService(service="EDU-ENROL", available=3)
HELD: dict[str, Any] = {"kind": "SCHOOL", "name": "Bavet school", "country": "KH", "services": (ENROL,)}
REGISTER = ask.RegisterOrganisation(**HELD)
ACTIVE = Organisation(status=Status.ACTIVE, **HELD)
CONTACT = OrganisationContact(person="The head")


def test_an_organisation_is_registered_once() -> None:
    first = decide(None, REGISTER, FACTS)
    assert first.state == ACTIVE
    assert [type(event) for event in first.events] == [told.OrganisationRegistered]
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(ACTIVE, REGISTER, FACTS)


def test_a_service_is_listed_once() -> None:
    with pytest.raises(Refused, match="service_listed_twice"):
        decide(None, REGISTER.but(services=(ENROL, ENROL)), FACTS)


@pytest.mark.parametrize(
    ("before", "command", "after", "fact"),
    [
        (Status.ACTIVE, ask.SuspendOrganisation(reason="COMPLAINT"), Status.SUSPENDED, told.OrganisationSuspended),
        (Status.SUSPENDED, ask.ReinstateOrganisation(), Status.ACTIVE, told.OrganisationReinstated),
        (Status.ACTIVE, ask.CloseOrganisation(), Status.CLOSED, told.OrganisationClosed),
        (Status.SUSPENDED, ask.CloseOrganisation(), Status.CLOSED, told.OrganisationClosed),
        (Status.CLOSED, ask.VoidOrganisation(reason="DUPLICATE"), Status.VOIDED, told.OrganisationVoided),
    ],
)
def test_an_entry_moves(before: Status, command: Any, after: Status, fact: type) -> None:
    decided = decide(ACTIVE.but(status=before), command, FACTS)
    assert decided.state.status is after
    assert [type(event) for event in decided.events] == [fact]


@pytest.mark.parametrize("status", [Status.CLOSED, Status.VOIDED])
def test_a_closed_entry_is_not_suspended(status: Status) -> None:
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(ACTIVE.but(status=status), ask.SuspendOrganisation(reason="COMPLAINT"), FACTS)


def test_places_change_for_one_service() -> None:
    other = OfferedService(service="EDU-MATERIAL")
    decided = decide(
        ACTIVE.but(services=(ENROL, other)), ask.ChangeCapacity(service="EDU-ENROL", available=5, maximum=9), FACTS
    )
    assert [(one.service, one.available, one.maximum) for one in decided.state.services] == [
        ("EDU-ENROL", 5, 9),
        ("EDU-MATERIAL", None, None),
    ]
    assert decided.events == (
        told.OrganisationCapacityChanged(
            organisation_ref=ref("school"), service="EDU-ENROL", places=5, day=date(2015, 11, 4)
        ),
    )


def test_places_that_did_not_change_are_not_told() -> None:
    assert decide(ACTIVE, ask.ChangeCapacity(service="EDU-ENROL", available=3), FACTS).events == ()


@pytest.mark.parametrize(
    ("service", "maximum", "code"),
    [("SKL-TVET", None, "service_not_offered"), ("EDU-ENROL", 2, "more_places_than_there_are")],
)
def test_impossible_places_are_refused(service: str, maximum: int | None, code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(ACTIVE, ask.ChangeCapacity(service=service, available=3, maximum=maximum), FACTS)


def test_a_correction_is_told_when_something_was_wrong() -> None:
    same = ask.CorrectOrganisation(**HELD)
    assert decide(ACTIVE, same, FACTS).events == ()
    assert [type(event) for event in decide(ACTIVE, same.but(contact=CONTACT), FACTS).events] == [
        told.OrganisationCorrected
    ]
    assert decide(ACTIVE, same.but(name="Bavet primary school"), FACTS).state.name == "Bavet primary school"


POLICE = ACTIVE.but(kind="POLICE")
AUTHORITIES = (
    "POLICE",
    "BORDER_GUARD",
    "IMMIGRATION",
    "CONSULATE",
    "SOCIAL_AFFAIRS",
    "MINISTRY",
    "LOCAL_AUTHORITY",
    "COURT",
)


@pytest.mark.parametrize("kind", AUTHORITIES)
def test_a_body_of_state_is_registered_where_two_stewards_agreed_and_not_otherwise(kind: str) -> None:
    command = REGISTER.but(kind=kind)
    with pytest.raises(Refused, match="two_stewards_needed"):
        decide(None, command, FACTS)
    assert decide(None, command, replace(FACTS, agreed=True)).events


def test_only_the_kinds_that_were_thought_of_have_authority() -> None:
    assert {kind for kind in lookup("organisation_kind").codes if told.has_authority(kind)} == set(AUTHORITIES)


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (ACTIVE, ask.CorrectOrganisation(kind="POLICE")),
        (POLICE, ask.CorrectOrganisation(kind="SCHOOL")),
        (POLICE, ask.CorrectOrganisation(name="Another station")),
        (POLICE, ask.CorrectOrganisation(name="Another station", contact=CONTACT)),
        (POLICE, ask.CorrectOrganisation(services=())),
        (POLICE, ask.SuspendOrganisation(reason="COMPLAINT")),
        (POLICE.but(status=Status.SUSPENDED), ask.ReinstateOrganisation()),
        (POLICE, ask.CloseOrganisation()),
        (POLICE, ask.VoidOrganisation(reason="DUPLICATE")),
    ],
)
def test_what_makes_or_changes_a_body_of_state_is_agreed_on_by_two_stewards(state: Organisation, command: Any) -> None:
    with pytest.raises(Refused, match="two_stewards_needed"):
        decide(state, command, FACTS)
    assert decide(state, command, replace(FACTS, agreed=True)).events


def test_places_and_whom_to_ask_give_no_authority() -> None:
    assert decide(POLICE, ask.ChangeCapacity(service="EDU-ENROL", available=1), FACTS).events
    assert decide(POLICE, ask.CorrectOrganisation(contact=CONTACT), FACTS).events


def test_an_entry_that_stewards_corrected_is_kept_by_their_organisation() -> None:
    """Whoever entered it before no longer says whom to ask at a body of state."""
    entered = ACTIVE.but(registered_by=ref("house"))
    facts = replace(FACTS, agreed=True, by=ref("office"))
    assert decide(entered, ask.CorrectOrganisation(kind="POLICE"), facts).state.registered_by == ref("office")
    assert decide(entered, ask.CorrectOrganisation(kind="NGO"), FACTS).state.registered_by == ref("house")
