"""Which part is missing is told to whoever may read the thing, and each that is named would do."""

from hypothesis import example, given

from shared.auth import Caller, Part, Place, Purpose, Role, decide
from shared.auth.lacking import reading_of, would_do
from shared.codes.lists import lookup
from tests.unit.shared.test_policy_oracle import HOUSES, ROW, STAFF, World, policy, worlds

HELD = Place("case/1", (Part(HOUSES[0], "", "HOLDER"),))
COLLEAGUE = Caller(STAFF[0], HOUSES[0], Role.SUPERVISOR, Purpose.PROTECTION)


def _with(world: World, kind: str) -> tuple[Place, ...]:
    mine = Part(world.caller.organisation_ref, world.caller.staff_ref, kind)
    return tuple(at._replace(parts=(*at.parts, mine)) for at in world.places)


@given(worlds())
@example(World("intake", COLLEAGUE, "intake.case.correct", ROW | {"holder": HOUSES[0]}, ()))
def test_it_names_each_part_that_would_do_to_whoever_may_read_the_thing(world: World) -> None:
    rules, action = policy(world.service), world.action
    if decide(rules, world.caller, action, world.places).allowed:
        return
    found = would_do(rules, world.caller, (action,), world.places)
    may_read = decide(rules, world.caller, reading_of(action), world.places).allowed
    given_out = lookup("relation_kind").codes
    doing = [kind for kind in given_out if decide(rules, world.caller, action, _with(world, kind)).allowed]
    assert found == (tuple(sorted(doing)) if may_read else ())


def test_of_a_case_that_the_own_house_holds_it_says_the_team() -> None:
    found = would_do(policy("intake"), COLLEAGUE, ("intake.case.correct",), (HELD,))
    assert "TEAM" in found
    assert found == tuple(sorted(found))


def test_a_part_that_does_for_one_of_two_actions_is_not_named() -> None:
    """Only who asked takes a request back: a part in the case is not all that is missing elsewhere."""
    rules, revoke = policy("referrals"), "referrals.service_referral.revoke"
    asked = (Place("case/1", addressee=HOUSES[0], sender=HOUSES[1]),)
    assert "TEAM" in would_do(rules, COLLEAGUE, (revoke,), asked)
    assert would_do(rules, COLLEAGUE, (revoke, "referrals.service_referral.speak_for_sender"), asked) == ()


def test_whoever_lacks_the_role_or_is_barred_is_told_of_no_part() -> None:
    officer = Caller(STAFF[0], HOUSES[0], Role.DECIDER, Purpose.PROTECTION)
    assert would_do(policy("intake"), officer, ("intake.case.correct",), (HELD,)) == ()
    barred = HELD._replace(parts=(*HELD.parts, Part("", STAFF[0], "BARRED")))
    assert would_do(policy("intake"), COLLEAGUE, ("intake.case.correct",), (barred,)) == ()
