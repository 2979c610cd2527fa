"""Rules that differ for children and adults: who permits, who is present, who decides and who receives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.auth import Role
from shared.clock import local_day
from shared.contracts.screening import ReceiverKind
from story.ages import ASSENTS, assent_needed, is_child, too_young_to_ask
from story.casting import at_work
from story.later_rows import Placement
from story.problem import Problem
from story.rows import Consent

if TYPE_CHECKING:
    from story.scenario import Scenario

NAMED_RECIPIENT = ("SHARE", "REFERRAL")
WITHOUT_ASKING = ("OBSERVED", "THIRD_PARTY")
SOCIAL_WORK = (Role.SOCIAL_AFFAIRS, Role.CASEWORKER)
CONSENTS, PLACEMENTS = "consents.csv", "placements.csv"


def implicated(scenario: Scenario, person: str) -> frozenset[str]:
    """The caregivers of a household who are suspected."""
    household = scenario.person[person].household
    return frozenset(one.key for one in scenario.people if one.implicated_for and one.household == household)


def consents(scenario: Scenario) -> Iterator[Problem]:
    """An adult alone; for a child a caregiver who is not suspected, or the officer, and the child's assent."""
    for line, row in scenario.consents.located():
        if row.purpose in NAMED_RECIPIENT and row.recipient is None:
            yield Problem(CONSENTS, line, "recipient", f"{row.purpose} needs a recipient")
        if row.signature == "VERBAL_WITNESSED" and row.witness is None and row.answer == "GRANTED":
            yield Problem(CONSENTS, line, "witness", "a spoken consent needs a witness")
        officer = scenario.staff.get(row.given_by)
        if officer and not (officer.role is Role.SOCIAL_AFFAIRS and officer.key in at_work(scenario, row.person)):
            yield Problem(CONSENTS, line, "given_by", f"{row.given_by} is not the social affairs officer of this case")
        elif row.person in scenario.person and row.answer == "GRANTED":
            yield from _permitted(scenario, line, row)


def _permitted(scenario: Scenario, line: int, row: Consent) -> Iterator[Problem]:
    person, day = scenario.person[row.person], local_day(row.given)
    if not is_child(person, day):
        if row.given_by != row.person:
            yield Problem(CONSENTS, line, "given_by", f"{row.person} is an adult and consents alone")
        return
    if row.given_by == row.person:
        yield Problem(CONSENTS, line, "given_by", f"{row.person} is a child; a caregiver or the officer permits")
    if row.given_by in implicated(scenario, row.person):
        yield Problem(CONSENTS, line, "given_by", f"{row.given_by} is implicated and cannot permit")
    needed = assent_needed(person, day)
    if ASSENTS.index(row.assent) < ASSENTS.index(needed):
        yield Problem(CONSENTS, line, "assent", f"at this age it takes {needed}")


def interviews(scenario: Scenario) -> Iterator[Problem]:
    """With consent and answers; a child not alone; the youngest are never asked."""
    asked = {
        (row.person, local_day(row.given))
        for row in scenario.consents
        if (row.purpose, row.answer) == ("INTERVIEW", "GRANTED")
    }
    answered = {answer.person for answer in scenario.answers}
    observed = {row.person for row in scenario.interviews if row.method == "OBSERVATION"}
    for line, row in scenario.interviews.located():
        if not any(person == row.person and given <= local_day(row.starts) for person, given in asked):
            yield Problem("interviews.csv", line, "person", f"{row.person} gave no consent to an INTERVIEW before it")
        if row.person not in answered:
            yield Problem("interviews.csv", line, "person", f"{row.person} has no answers in answers.csv")
        person, day = scenario.person.get(row.person), local_day(row.starts)
        if person and is_child(person, day) and row.support is None:
            yield Problem("interviews.csv", line, "support", f"{row.person} is a child and needs somebody beside them")
        if person and too_young_to_ask(person, day) and row.method != "OBSERVATION":
            yield Problem("interviews.csv", line, "method", f"{row.person} is too young to be asked: OBSERVATION")
    for line, answer in scenario.answers.located():
        if answer.person in observed and answer.source not in WITHOUT_ASKING:
            yield Problem("answers.csv", line, answer.question, "of somebody observed, only OBSERVED or THIRD_PARTY")


def ways_home(scenario: Scenario) -> Iterator[Problem]:
    """A child goes with an escort to whom it was decided; an adult needs neither."""
    day = local_day(scenario.header.handover.reconciled)
    lines = {person.key: line for line, person in scenario.people.located()}
    for person in scenario.arrived:
        if is_child(person, day) and person.key not in scenario.children:
            told = f"{person.key} may be a child by this birth and has no line in placements.csv"
            yield Problem("people.csv", lines[person.key], "birth", told)
    for line, stay in scenario.stays.located():
        if stay.person in scenario.children and stay.escort is None:
            yield Problem("stays.csv", line, "escort", f"{stay.person} is a child and needs an escort")
        for placed in scenario.of(scenario.placements, stay.person):
            if stay.receiver not in (None, placed.receiver):
                yield Problem("stays.csv", line, "receiver", f"placements.csv names {placed.receiver}")
    for line, placement in scenario.placements.located():
        if placement.person in scenario.person:
            if not is_child(scenario.person[placement.person], day):
                yield Problem(PLACEMENTS, line, "person", f"{placement.person} is an adult by people.csv")
            yield from _decided(scenario, line, placement)


def _decided(scenario: Scenario, line: int, row: Placement) -> Iterator[Problem]:
    suspected = implicated(scenario, row.person)
    if row.decided_by not in row.panel:
        yield Problem(PLACEMENTS, line, "panel", f"{row.decided_by} decides and is not on the panel")
    if len(row.panel) < (3 if suspected else 2):
        yield Problem(PLACEMENTS, line, "panel", f"takes {'three, a caregiver is implicated' if suspected else 'two'}")
    roles = {key: scenario.staff[key].role for key in (*row.panel, row.decided_by) if key in scenario.staff}
    if not set(roles.values()) & set(SOCIAL_WORK):
        yield Problem(PLACEMENTS, line, "panel", "needs somebody of social affairs or a caseworker")
    if suspected and roles.get(row.decided_by) is not Role.SOCIAL_AFFAIRS:
        yield Problem(PLACEMENTS, line, "decided_by", "somebody of social affairs chairs, a caregiver is implicated")
    if row.receiver in suspected:
        yield Problem(PLACEMENTS, line, "receiver", f"{row.receiver} is implicated")
    kinds = [kind.value for kind in ReceiverKind]
    before = set(kinds[: kinds.index(row.option)])
    if not before <= set(row.set_aside) <= set(kinds) - {row.option}:
        told = f"before {row.option} it takes {', '.join(sorted(before)) or 'none'}; known are {', '.join(kinds)}"
        yield Problem(PLACEMENTS, line, "set_aside", told)
    if (row.child_view is None) is (row.view_not_given is None):
        yield Problem(PLACEMENTS, line, "child_view", "is given, or view_not_given says why not; one of the two")
