"""Given a household, when somebody comes, goes or is suspected, then this fact, or this refusal."""

from dataclasses import replace

from services.intake.households.commands import AddMember, CorrectMember, FormHousehold, RemoveMember, VoidHousehold
from services.intake.households.domain import decide
from services.intake.households.state import Facts, Member
from shared.testing import ref
from tests.unit.intake.given import OTHER, PERSON, refused, told

FACTS = Facts(household_ref=ref("home"), organisation_ref=ref("house"), by=ref("sok"))
MOTHER = Member(person_ref=OTHER, relationship="HEAD", implicated_caregiver=True)
CHILD = Member(person_ref=PERSON, relationship="CHILD")
FORM = FormHousehold(members=(MOTHER, CHILD))
FORMED = decide(None, FORM, FACTS).state


def test_a_household_is_formed_with_its_members() -> None:
    assert told(decide(None, FORM, FACTS)) == [
        "household.formed",
        "household.member_added",
        "household.member_added",
    ]
    assert FORMED.implicated == (OTHER,)
    with refused("not_allowed_in_status"):
        decide(FORMED, FORM, FACTS)


def test_somebody_belongs_to_one_household_and_one_is_its_head() -> None:
    assert told(decide(FORMED, AddMember(**CHILD.model_dump()), FACTS)) == []
    with refused("already_a_member"):
        decide(FORMED, AddMember(person_ref=PERSON, relationship="SIBLING"), FACTS)
    new = ref("new")
    with refused("member_of_another_household"):
        decide(FORMED, AddMember(person_ref=new, relationship="CHILD"), replace(FACTS, elsewhere=frozenset({new})))
    with refused("household_has_a_head"):
        decide(FORMED, AddMember(person_ref=new, relationship="HEAD"), FACTS)
    assert told(decide(FORMED, AddMember(person_ref=new, relationship="CHILD"), FACTS)) == ["household.member_added"]


def test_a_suspicion_is_put_right() -> None:
    assert told(decide(FORMED, CorrectMember(person_ref=OTHER, relationship="HEAD"), FACTS)) == []
    cleared = CorrectMember(person_ref=OTHER, implicated_caregiver=False)
    corrected = decide(FORMED, cleared, FACTS)
    assert told(corrected) == ["household.corrected"]
    assert corrected.state.implicated == ()
    assert told(decide(corrected.state, cleared, FACTS)) == []
    with refused("household_has_a_head"):
        decide(FORMED, CorrectMember(person_ref=PERSON, relationship="HEAD"), FACTS)
    with refused("not_a_member"):
        decide(FORMED, CorrectMember(person_ref=ref("new"), relationship="CHILD"), FACTS)


def test_a_suspicion_is_lifted_by_two_of_the_team_of_a_case_that_it_protects() -> None:
    both = replace(FACTS, with_case=frozenset({OTHER, PERSON}))
    suspects, protects = replace(both, team_of=frozenset({OTHER})), replace(both, team_of=frozenset({PERSON}))
    second = replace(protects, by=ref("kim"))
    lifting = (
        CorrectMember(person_ref=OTHER, implicated_caregiver=False),
        RemoveMember(person_ref=OTHER),
        RemoveMember(person_ref=PERSON),
        VoidHousehold(reason="DUPLICATE"),
    )
    for command in lifting:
        with refused("suspicion_needs_team"):
            decide(FORMED, command, suspects)
        asked = decide(FORMED, command, protects)
        assert (told(asked), asked.own_matter, asked.state.implicated) == ([], True, (OTHER,))
        assert decide(asked.state, command, protects) == decide(asked.state, command, protects)
        assert told(decide(asked.state, command, protects)) == [], "nobody is their own second person"
        with refused("suspicion_needs_team"):
            decide(asked.state, command, replace(suspects, by=ref("kim")))
        assert decide(asked.state, command, second).events
        for other in lifting:
            if other != command:
                assert told(decide(asked.state, other, second)) == [], "it is not what was asked"
    assert decide(FORMED, CorrectMember(person_ref=OTHER, relationship="PARENT"), suspects).events
    alone = replace(FACTS, with_case=frozenset({OTHER}))
    assert decide(FORMED, lifting[0], alone).events, "no case of anybody else would be told"


def test_somebody_leaves_and_a_household_may_be_void() -> None:
    left = decide(FORMED, RemoveMember(person_ref=PERSON), FACTS)
    assert told(left) == ["household.member_left"]
    assert told(decide(left.state, RemoveMember(person_ref=PERSON), FACTS)) == []
    voided = decide(FORMED, VoidHousehold(reason="DUPLICATE"), FACTS)
    assert told(voided) == ["household.voided"]
    assert voided.state.members == ()
