"""The rules of the register of directory stewards."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.referrals.stewards import commands as ask
from services.referrals.stewards.domain import decide, may_begin
from services.referrals.stewards.state import BeforeItBegins, Facts, Status, Steward
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.testing import ref

OFFICE = ref("office")
APPOINT = ask.AppointSteward(staff_ref=ref("anna"), organisation_ref=OFFICE, name="Anna")
ANNA = Steward(status=Status.ACTIVE, staff_ref=ref("anna"), organisation_ref=OFFICE)
BORA, CHAN = (ANNA.but(staff_ref=ref(name)) for name in ("bora", "chan"))
FIRST: dict[str, Any] = {"ref": OFFICE, "kind": "MINISTRY", "name": "A committee"}
BEGIN = ask.BeginDirectory.model_validate(
    {"organisation": FIRST, "stewards": [{"ref": ref("anna"), "name": "Anna"}, {"ref": ref("bora"), "name": "Bora"}]}
)


def test_a_steward_is_appointed_and_the_fact_gives_them_their_part() -> None:
    decided = decide(None, APPOINT, Facts(active=(BORA, CHAN)))
    assert decided.state == ANNA
    [appointed] = decided.events
    assert isinstance(appointed, told.StewardAppointed)
    assert (appointed.staff_ref, appointed.organisation_ref) == (ANNA.staff_ref, OFFICE)


@pytest.mark.parametrize("of", [OFFICE, ref("another")])
def test_nobody_is_a_steward_twice_whoever_they_work_for(of: str) -> None:
    with pytest.raises(Refused, match="steward_known"):
        decide(None, APPOINT.but(organisation_ref=of), Facts(active=(ANNA, BORA)))


def test_at_least_two_stay() -> None:
    with pytest.raises(Refused, match="two_stewards_stay"):
        decide(ANNA, ask.RemoveSteward(), Facts(active=(ANNA, BORA)))
    decided = decide(ANNA, ask.RemoveSteward(), Facts(active=(ANNA, BORA, CHAN)))
    assert decided.state.status is Status.REMOVED
    assert [type(event) for event in decided.events] == [told.StewardRemoved]


def test_somebody_who_was_removed_may_come_back_and_is_not_removed_twice() -> None:
    gone = ANNA.but(status=Status.REMOVED)
    assert decide(gone, APPOINT, Facts(active=(BORA, CHAN))).state == ANNA
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(gone, ask.RemoveSteward(), Facts(active=(BORA, CHAN)))


@pytest.mark.parametrize("organisations", [False, True])
@pytest.mark.parametrize("upgrade", [False, True])
def test_a_directory_begins_once(upgrade: bool, organisations: bool) -> None:
    with pytest.raises(Refused, match="directory_begun"):
        may_begin(BEGIN.but(upgrade=upgrade), BeforeItBegins(stewards=True, organisations=organisations))


def test_it_begins_empty_or_is_said_to_be_of_before() -> None:
    may_begin(BEGIN, BeforeItBegins(stewards=False, organisations=False))
    with pytest.raises(Refused, match="directory_not_empty"):
        may_begin(BEGIN, BeforeItBegins(stewards=False, organisations=True))
    may_begin(BEGIN.but(upgrade=True), BeforeItBegins(stewards=False, organisations=True))


def test_it_begins_with_two_people() -> None:
    one = ask.FirstSteward(ref=ref("anna"), name="Anna")
    with pytest.raises(Refused, match="steward_known"):
        may_begin(BEGIN.but(stewards=(one, one)), BeforeItBegins(stewards=False, organisations=False))


def test_it_begins_with_two() -> None:
    for stewards in (BEGIN.stewards[:1], (*BEGIN.stewards, BEGIN.stewards[0])):
        with pytest.raises(ValidationError):
            ask.BeginDirectory(organisation=BEGIN.organisation, stewards=stewards)
