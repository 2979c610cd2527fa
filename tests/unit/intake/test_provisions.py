"""Given what was given, when it is put right, then this fact, or this refusal."""

from dataclasses import replace

import pytest

from services.intake.provisions.domain import (
    STATUSES,
    CorrectProvision,
    Facts,
    RecordProvision,
    Status,
    VoidProvision,
    decide,
)  # fmt: skip
from shared.model import Command
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, STAFF, refused, told

STAY = ref("stay")
FACTS = Facts(provision_ref=ref("meal"), stay_ref=STAY, case_ref=CASE, day=DAY, by=STAFF)
MEAL = RecordProvision(ref=ref("meal"), stay_ref=STAY, kind="MEAL")
GIVEN = decide(None, MEAL, FACTS).state


def test_something_is_given_once_and_only_where_a_stay_began() -> None:
    assert told(decide(None, MEAL, FACTS)) == ["stay.provision_recorded"]
    assert told(decide(GIVEN, MEAL, FACTS)) == []
    with refused("not_allowed_in_status"):
        decide(GIVEN, MEAL.but(count=2), FACTS)
    with refused("stay_not_begun"):
        decide(None, MEAL, replace(FACTS, begun=False))


def test_it_is_corrected_and_voided() -> None:
    two = CorrectProvision(kind="MEAL", count=2)
    corrected = decide(GIVEN, two, FACTS)
    assert told(corrected) == ["stay.provision_corrected"]
    assert told(decide(corrected.state, two, FACTS)) == []
    voided = decide(GIVEN, VoidProvision(reason="DUPLICATE"), FACTS)
    assert told(voided) == ["stay.provision_voided"]
    assert told(decide(voided.state, VoidProvision(reason="DUPLICATE"), FACTS)) == []


def test_a_command_without_a_rule_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strange(Command):
        pass

    monkeypatch.setitem(STATUSES.allowed, Status.GIVEN, frozenset({Strange}))
    with pytest.raises(AssertionError):
        decide(GIVEN, Strange(), FACTS)
