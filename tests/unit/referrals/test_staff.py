"""The rules of the register of staff: who left is told to everybody, who is in it to nobody."""

from typing import Any

import pytest

from services.referrals.staff.commands import CorrectStaff, LeaveOrganisation, RegisterStaff, ReturnToOrganisation
from services.referrals.staff.domain import decide
from services.referrals.staff.state import Facts, Staff, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.testing import ref

HOUSE, WHO = ref("house"), ref("who")
NAMED: dict[str, Any] = {"organisation_ref": HOUSE, "staff_ref": WHO}
HERE = Staff(**NAMED, status=Status.ACTIVE, roles=("SUPERVISOR",))
AWAY = HERE.but(status=Status.LEFT)


def test_somebody_is_registered_and_corrected_without_a_fact() -> None:
    entry = decide(None, RegisterStaff(**NAMED, roles=("SUPERVISOR",)), Facts())
    assert (entry.state, entry.events, entry.own_matter) == (HERE, (), True)
    again = decide(HERE, CorrectStaff(roles=("CASEWORKER",)), Facts())
    assert (again.state.roles, again.events, again.own_matter) == (("CASEWORKER",), (), True)
    assert not decide(HERE, CorrectStaff(roles=("SUPERVISOR",)), Facts()).own_matter


def test_leaving_and_returning_are_facts_of_the_organisation() -> None:
    left = decide(HERE, LeaveOrganisation(), Facts())
    assert (left.state, left.events) == (AWAY, (told.StaffLeft(**NAMED),))
    back = decide(AWAY, ReturnToOrganisation(), Facts())
    assert (back.state, back.events) == (HERE, (told.StaffReturned(**NAMED),))


@pytest.mark.parametrize(
    ("state", "command", "facts", "code"),
    [
        (None, RegisterStaff(**NAMED), Facts(in_directory=False), "organisation_not_in_directory"),
        (None, RegisterStaff(**NAMED), Facts(registered=True), "staff_registered"),
        (None, RegisterStaff(**NAMED, roles=("SYSTEM",)), Facts(), "role_of_nobody"),
        (HERE, LeaveOrganisation(), Facts(last_supervisor=True), "last_supervisor"),
    ],
)
def test_what_is_refused(
    state: Staff | None, command: RegisterStaff | LeaveOrganisation, facts: Facts, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        decide(state, command, facts)
    assert refusal.value.code == code


def test_a_status_allows_what_follows_it() -> None:
    with pytest.raises(Refused):
        decide(AWAY, LeaveOrganisation(), Facts())
    with pytest.raises(Refused):
        decide(HERE, ReturnToOrganisation(), Facts())
