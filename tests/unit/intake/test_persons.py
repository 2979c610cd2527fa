"""Given a person, when something is better known, then this fact, or this refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.intake.persons.age import AgeDetermination
from services.intake.persons.births import Birth, Precision
from services.intake.persons.commands import CorrectPerson, JoinHousehold, RegisterPerson, VoidPerson
from services.intake.persons.domain import decide
from services.intake.persons.state import Facts, PersonIdentity, PersonName, Phone
from shared.codes.places import Place
from shared.contracts.intake import NationalityAnswer
from shared.testing import ref
from tests.unit.intake.given import DAY, PERSON, STAFF, refused, told

FACTS = Facts(person_ref=PERSON, day=DAY, by=STAFF, organisation_ref=ref("house"))
IDENTITY = PersonIdentity(names=(PersonName(full_name="ចាន់ថា", script="KHMER"),))
REGISTER = RegisterPerson(sex="FEMALE", identity=IDENTITY)
KNOWN = decide(None, REGISTER, FACTS).state
HOME = Place.model_validate({"country": "KH", "code": "200212", "valid_from": "2004-01-01"})


def test_somebody_is_registered_once_and_without_a_name_too() -> None:
    assert told(decide(None, REGISTER, FACTS)) == ["person.registered"]
    assert told(decide(None, REGISTER.but(identity=PersonIdentity()), FACTS)) == ["person.registered"]
    with refused("not_allowed_in_status"):
        decide(KNOWN, REGISTER, FACTS)


def test_nobody_is_born_in_the_future() -> None:
    later = Birth(precision=Precision.YEAR, year=FACTS.day.year + 1, source="SELF")
    with refused("born_in_the_future"):
        decide(None, REGISTER.but(identity=IDENTITY.but(births=(later,))), FACTS)
    this_year = Birth(precision=Precision.YEAR, year=FACTS.day.year, source="SELF")
    assert told(decide(None, REGISTER.but(identity=IDENTITY.but(births=(this_year,))), FACTS)) == ["person.registered"]


def test_nothing_is_known_before_it_was_said_or_found() -> None:
    said = Birth(precision=Precision.AGE_STATED, age=12, age_on=DAY + timedelta(days=1), source="SELF")
    found = AgeDetermination(
        staff_ref=STAFF,
        organisation_ref=STAFF,
        determined_on=DAY + timedelta(days=1),
        age=17,
        margin_years=1,
        methods=("INTERVIEW",),
        consented=True,
    )
    for later in (IDENTITY.but(births=(said,)), IDENTITY.but(determination=found)):
        with refused("day_after_this_record"):
            decide(None, REGISTER.but(identity=later), FACTS)
        with refused("day_after_this_record"):
            decide(KNOWN, CorrectPerson(identity=later), FACTS)
    assert told(decide(KNOWN, CorrectPerson(identity=IDENTITY.but(births=(said.but(age_on=DAY),))), FACTS)) == [
        "person.corrected"
    ]


def test_only_the_province_of_a_home_stands_in_the_clear() -> None:
    state = decide(None, REGISTER.but(identity=IDENTITY.but(home=HOME)), FACTS).state
    assert state.home_province is not None and state.home_province.code == "20"
    moved = decide(KNOWN, CorrectPerson(identity=IDENTITY.but(home=HOME)), FACTS)
    assert moved.state.home_province == state.home_province
    assert decide(state, CorrectPerson(identity=IDENTITY), FACTS).state.home_province is None


@pytest.mark.parametrize(
    ("answer", "verified", "risk"),
    [
        (None, None, False),
        (NationalityAnswer.CONFIRMED, "KH", False),
        (NationalityAnswer.UNCLEAR, None, False),
        (NationalityAnswer.REFUSED, None, True),
    ],
)
def test_a_nationality_is_verified_by_the_consulate_and_forced_by_nobody(
    answer: NationalityAnswer | None, verified: str | None, risk: bool
) -> None:
    state = decide(None, REGISTER, replace(FACTS, line_nationality=answer)).state
    assert (state.nationality_verified, state.stateless_risk) == (verified, risk)


def test_a_line_has_one_person() -> None:
    taken = replace(FACTS, line_taken=True)
    with refused("line_has_a_person"):
        decide(None, REGISTER, taken)
    with refused("line_has_a_person"):
        decide(KNOWN, CorrectPerson(line_ref=ref("line")), taken)


def test_what_is_better_known_is_told_as_corrected() -> None:
    verified = decide(KNOWN, CorrectPerson(nationality_verified="KH"), FACTS)
    assert told(verified) == ["person.corrected"]
    assert verified.state.verified_on == DAY
    later = decide(verified.state, CorrectPerson(sex="MALE"), replace(FACTS, day=DAY + timedelta(days=9)))
    assert (later.state.sex, later.state.verified_on) == ("MALE", DAY)
    assert told(decide(KNOWN, CorrectPerson(sex="FEMALE"), FACTS)) == []
    assert told(decide(KNOWN, CorrectPerson(identity=IDENTITY), replace(FACTS, same_identity=True))) == []
    assert told(decide(KNOWN, CorrectPerson(identity=IDENTITY), FACTS)) == ["person.corrected"]


def test_a_person_joins_and_leaves_a_household() -> None:
    joined = decide(KNOWN, JoinHousehold(household_ref=ref("home")), FACTS)
    assert told(joined) == ["person.household_changed"]
    assert told(decide(joined.state, JoinHousehold(household_ref=ref("home")), FACTS)) == []


def test_a_person_with_a_case_is_not_void() -> None:
    with refused("person_has_a_case"):
        decide(KNOWN, VoidPerson(reason="DUPLICATE"), replace(FACTS, has_open_case=True))
    assert told(decide(KNOWN, VoidPerson(reason="DUPLICATE"), FACTS)) == ["person.voided"]


@pytest.mark.parametrize("number", ["012345678", "+0123", "+855 12 345", "८८५"])
def test_a_phone_is_written_internationally(number: str) -> None:
    with pytest.raises(ValidationError):
        Phone(number=number, owner="SELF")
