"""The rules of the directory."""

from datetime import date
from typing import Any

import pytest

from services.referrals.organisations import commands as ask
from services.referrals.organisations.domain import decide
from services.referrals.organisations.state import Facts, OfferedService, Organisation, OrganisationContact, Status
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
