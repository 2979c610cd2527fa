"""Callers as tests name them, the policy, and what a refusal looks like."""

import pytest

from shared.auth import (
    SYSTEM,
    Caller,
    CallerUnknown,
    Part,
    Policy,
    Purpose,
    PurposeRefused,
    Role,
    Scope,
    authorise,
    decided,
    may,
)
from shared.auth.identity import Asking
from shared.auth.leaving import HERE, Leaving
from shared.errors import NotFound
from shared.ids import pseudonym
from shared.model import FieldClass
from shared.testing import INVENTED
from tests.support.callers import caller_of, invented

GOOD = "staff=sok; organisation=bavet; role=INTAKE_OFFICER; purpose=PROTECTION"


class World:
    """The parts of everybody who asks in some cases."""

    policy = Policy.of("services.intake")

    def __init__(self, *subjects: str) -> None:
        self.subjects, self.noted = subjects, [("", None)][:0]

    def parts(self, caller: Caller, subject: str) -> tuple[Part, ...]:
        part = Part(caller.organisation_ref, caller.staff_ref, "TEAM")
        return (part,) if subject in self.subjects else ()

    def leaving(self, caller: Caller) -> Leaving:
        return HERE

    def note(self, action: str, subject: str | None) -> None:
        return None


def test_a_header_names_the_caller() -> None:
    assert caller_of(GOOD) == Caller(
        pseudonym("staff", "sok"), pseudonym("organisation", "bavet"), Role.INTAKE_OFFICER, Purpose.PROTECTION
    )


async def test_what_tests_say_stands_behind_the_port() -> None:
    assert await invented(Asking({"authorization": f"{INVENTED}{GOOD}"})) == caller_of(GOOD)
    with pytest.raises(CallerUnknown):
        await invented(Asking({}))


def test_a_ref_is_taken_as_it_is() -> None:
    assert caller_of(GOOD.replace("sok", "a" * 32)).staff_ref == "a" * 32


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "staff=sok",
        "nonsense",
        GOOD.replace("INTAKE_OFFICER", "KING"),
        GOOD.replace("INTAKE_OFFICER", "SYSTEM"),
        GOOD.replace("PROTECTION", "CURIOSITY"),
        GOOD.replace("sok", "Sok Dara"),
        GOOD.replace("sok", "s" * 61),
        GOOD.replace("sok", ""),
        GOOD.replace("sok", "សុខ"),
    ],
)
def test_anything_else_is_nobody(header: str | None) -> None:
    with pytest.raises(CallerUnknown):
        caller_of(header or "")


def test_an_action_that_the_policy_does_not_name_is_denied() -> None:
    assert not may(World("case/1"), caller_of(GOOD), "intake.case.burn", "case/1")


def test_a_relation_is_needed_where_the_policy_says_so() -> None:
    assert [rule.scopes for rule in World.policy.by_action["journey.read"]] == [(Scope.RELATION,)] * 2
    authorise(World("case/1"), caller_of(GOOD), "journey.read", "case/1")
    with pytest.raises(NotFound):
        authorise(World("case/1"), caller_of(GOOD), "journey.read", "case/2")
    with pytest.raises(NotFound):
        authorise(World("case/1"), caller_of(GOOD), "journey.read")


def test_the_system_may_do_what_it_reacts_with() -> None:
    assert may(World(), SYSTEM, "anything")


def test_a_purpose_that_is_not_for_this_is_told_to_whoever_may_know_of_the_case() -> None:
    wrong = caller_of(GOOD.replace("PROTECTION", "OPERATION"))
    with pytest.raises(PurposeRefused):
        authorise(World("case/1"), wrong, "journey.read", "case/1")
    with pytest.raises(NotFound):
        authorise(World(), wrong, "journey.read", "case/1")


def test_private_classes_need_role_and_relation() -> None:
    caller, action = caller_of(GOOD), "intake.case.read"
    assert FieldClass.IDENTITY in decided(World("case/1"), caller, action, "case/1").classes
    assert decided(World(), caller, action, "case/1").classes == frozenset()
    decider = caller_of(GOOD.replace("INTAKE_OFFICER", "DECIDER"))
    assert FieldClass.IDENTITY not in decided(World("case/1"), decider, action, "case/1").classes


def test_every_role_but_the_system_has_a_row_of_classes() -> None:
    assert set(World.policy.classes) == set(Role) - {Role.SYSTEM}
