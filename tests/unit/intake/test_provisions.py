"""Given what was given, when it is put right, then this fact, or this refusal."""

from dataclasses import replace
from datetime import timedelta

from services.intake.provisions.commands import CorrectProvision, RecordProvision, VoidProvision
from services.intake.provisions.domain import decide
from services.intake.provisions.state import Facts
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, STAFF, refused, told

STAY = ref("stay")
FACTS = Facts(provision_ref=ref("meal"), stay_ref=STAY, case_ref=CASE, day=DAY, by=STAFF, begun=DAY)
MEAL = RecordProvision(ref=ref("meal"), stay_ref=STAY, kind="MEAL")
GIVEN = decide(None, MEAL, FACTS).state


def test_something_is_given_once_and_only_where_a_stay_began() -> None:
    assert told(decide(None, MEAL, FACTS)) == ["stay.provision_recorded"]
    with refused("not_allowed_in_status"):
        decide(GIVEN, MEAL, FACTS)
    with refused("stay_not_begun"):
        decide(None, MEAL, replace(FACTS, begun=None))


def test_it_is_given_on_a_day_of_the_stay() -> None:
    night = timedelta(days=1)
    with refused("before_stay_began"):
        decide(None, MEAL, replace(FACTS, day=DAY - night))
    gone = replace(FACTS, left=DAY + 2 * night)
    assert told(decide(None, MEAL, replace(gone, day=DAY + 2 * night))) == ["stay.provision_recorded"]
    with refused("after_stay_ended"):
        decide(None, MEAL, replace(gone, day=DAY + 3 * night))


def test_there_are_no_more_nights_than_the_stay_had() -> None:
    nights, gone = MEAL.but(kind="BED_NIGHT", count=3), replace(FACTS, left=DAY + timedelta(days=3))
    three = decide(None, nights, gone)
    assert told(three) == ["stay.provision_recorded"]
    with refused("more_nights_than_the_stay"):
        decide(None, nights.but(count=4), gone)
    with refused("more_nights_than_the_stay"):
        decide(three.state, CorrectProvision(count=4), gone)
    assert told(decide(three.state, CorrectProvision(count=2), gone)) == ["stay.provision_corrected"]


def test_it_is_corrected_and_voided() -> None:
    two = CorrectProvision(kind="MEAL", count=2)
    corrected = decide(GIVEN, two, FACTS)
    assert told(corrected) == ["stay.provision_corrected"]
    assert told(decide(corrected.state, two, FACTS)) == []
    voided = decide(GIVEN, VoidProvision(reason="DUPLICATE"), FACTS)
    assert told(voided) == ["stay.provision_voided"]
    assert told(decide(voided.state, VoidProvision(reason="DUPLICATE"), FACTS)) == []
