"""What the example folder says of itself: the numbers of the story, before anything is played."""

import csv
from collections import Counter
from datetime import date
from functools import cache

import pytest

from story.generate import EXAMPLE
from story.scenario import Scenario, load

CHILD_UNTIL = 18
ARRIVED_ON = date(2015, 11, 4)


@cache
def story() -> Scenario:
    return load(EXAMPLE)


def children() -> set[str]:
    return {placement.person for placement in story().placements}


def test_thirty_three_arrive_of_whom_25_are_children_and_14_girls() -> None:
    assert len(story().listed) == 33
    arrivals = Counter(person.arrival for person in story().people)
    assert (arrivals["PRESENT"], arrivals["ABSENT"], arrivals["ADDED"]) == (32, 1, 1)
    assert len(story().arrived) == 33
    girls = [person for person in story().arrived if person.key in children() and person.sex == "FEMALE"]
    assert (len(children()), len(girls)) == (25, 14)


def test_whoever_is_under_eighteen_is_a_child_and_nobody_else() -> None:
    for person in story().arrived:
        year, month, day = (*map(int, (person.birth or "0").split("-")), 12, 31)[:3]
        youngest = date(year, month, min(day, 28))
        age = ARRIVED_ON.year - youngest.year - ((ARRIVED_ON.month, ARRIVED_ON.day) < (youngest.month, youngest.day))
        assert (age < CHILD_UNTIL) == (person.key in children()), person.key


def test_one_seventeen_year_old_stands_in_the_adult_column() -> None:
    by_number = {line.number: line for line in story().listed}
    listed_adult = [p.key for p in story().people if p.line and by_number[p.line].adult and p.key in children()]
    assert len(listed_adult) == 1
    assert (story().person[listed_adult[0]].birth or "").startswith("1998")


def test_two_births_are_known_by_the_year_only() -> None:
    assert sum(person.birth_precision == "YEAR" for person in story().arrived) == 2


def test_one_is_absent_in_hospital_and_one_baby_is_carried_through_the_gate() -> None:
    assert [p.absence_reason for p in story().people if p.arrival == "ABSENT"] == ["HOSPITAL"]
    assert [(p.carried, p.birth_precision) for p in story().people if p.arrival == "ADDED"] == [(True, "MONTH")]


def test_no_two_answer_sets_are_alike() -> None:
    with (EXAMPLE / "answers.csv").open(encoding="utf-8", newline="") as file:
        lines = [tuple(line[2:]) for line in csv.reader(file)][1:]
    assert len(set(lines)) == len(lines) == 33


def test_whoever_departs_from_a_suggestion_is_named_and_says_why() -> None:
    departing = [row for row in story().decisions if row.reason != "AGREES_WITH_SUGGESTION"]
    assert sum(row.person in children() for row in departing) == 5
    assert all(row.words and row.decider for row in departing)
    assert sum(row.second is not None for row in departing) == 2


def test_one_child_goes_to_kin_because_the_father_is_implicated() -> None:
    implicated = {child for person in story().people for child in person.implicated_for}
    to_kin = [row for row in story().placements if row.option == "KIN" and row.person in implicated]
    assert [(row.person, row.receiver) for row in to_kin] == [("phan-sreyleak", "tep-nhor")]
    assert all(row.panel for row in story().placements if row.person in implicated)


def test_nobody_stands_twice_in_a_grant() -> None:
    for grant in story().grants:
        hands = [grant.prepared_by, grant.assessed_by, *grant.committee, grant.paid_by, grant.reconciled_by]
        assert len(set(hands)) == len(hands)
        amounts = [row.amount for row in story().instalments if row.grant == grant.key]
        assert (
            sum(amounts)
            == grant.amount
            == sum(cost.quantity * cost.unit_price for cost in story().costs if cost.grant == grant.key)
        )


@pytest.mark.parametrize("script", ["km", "latin", "list"])
def test_nobody_shares_a_name(script: str) -> None:
    names = {
        "km": [person.name_km for person in story().people],
        "latin": [person.name_latin for person in story().people],
        "list": [line.name for line in story().listed],
    }[script]
    assert len(set(names)) == len(names)
