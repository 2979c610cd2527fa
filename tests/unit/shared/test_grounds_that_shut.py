"""What no ground opens: who is barred, who left, who is elsewhere, and for a purpose that a rule does not name."""

from dataclasses import replace

from shared.auth import Caller, Part, Place, Purpose, Role, decide
from shared.auth.caller import SYSTEM
from shared.auth.deciding import EVERYBODY
from shared.auth.leaving import HERE, Leaving
from shared.auth.policy import Scope
from shared.model import FieldClass
from tests.unit.shared.test_policy_oracle import (
    CAME_BACK,
    ENTERED,
    GLASS,
    HOUSES,
    NOBODYS_ROW,
    SERVICES,
    SINCE,
    STAFF,
    World,
    evaluated,
    policy,
)


def test_attack_9_the_same_staff_ref_under_another_organisation_keeps_no_relation() -> None:
    mine = Part(HOUSES[0], STAFF[0], "TEAM")
    caller = Caller(STAFF[0], HOUSES[0], Role.CASEWORKER, Purpose.PROTECTION)
    place = Place("case/1", (mine,))
    for service, thing in (
        ("intake", "stay"),
        ("screening", "interview"),
        ("referrals", "plan"),
        ("grants", "application"),
    ):
        action = f"{service}.{thing}.read"
        assert decide(policy(service), caller, action, [place]).allowed
        moved = replace(caller, organisation_ref=HOUSES[1])
        assert not decide(policy(service), moved, action, [place]).allowed


def test_attack_9_a_purpose_that_the_rule_does_not_name_is_refused() -> None:
    place = Place("case/1", (Part(HOUSES[0], STAFF[0], "TEAM"),))
    caller = Caller(STAFF[0], HOUSES[0], Role.CASEWORKER, Purpose.PROTECTION)
    for service, thing in (
        ("intake", "stay"),
        ("screening", "interview"),
        ("referrals", "plan"),
        ("grants", "application"),
    ):
        for purpose in (Purpose.OPERATION, Purpose.REPORTING):
            other = replace(caller, purpose=purpose)
            assert not decide(policy(service), other, f"{service}.{thing}.read", [place]).allowed


def test_a_part_that_shuts_wins_over_all_others() -> None:
    parts = (Part(HOUSES[0], STAFF[0], "TEAM"), Part(EVERYBODY, EVERYBODY, "VOIDED"))
    caller = Caller(STAFF[0], HOUSES[0], Role.CASEWORKER, Purpose.PROTECTION)
    assert decide(policy("intake"), caller, "intake.stay.read", [Place("case/1", parts[:1])]).allowed
    assert not decide(policy("intake"), caller, "intake.stay.read", [Place("case/1", parts)]).allowed
    assert decide(policy("intake"), SYSTEM, "intake.stay.read", [Place("case/1", parts)]).allowed


def test_who_is_barred_has_no_ground_at_any_organisation_but_that_of_a_directory() -> None:
    """Every rule of every service is met by somebody who has all grounds, and with the part only by a directory's."""
    for service in SERVICES:
        known = policy(service)
        for rule in (rule for rule in known.rules if rule.roles):
            parts = tuple(Part(HOUSES[1], STAFF[0], kind) for kind in (*rule.kinds, "TEAM", "HOLDER"))
            at = Place("case/1", parts, HOUSES[1], HOUSES[1], HOUSES[1], True, HOUSES[1], True)
            shut = at._replace(parts=(*parts, Part(EVERYBODY, STAFF[0], "BARRED")))
            for role in rule.roles:
                moved = Caller(STAFF[0], HOUSES[1], role, min(rule.purposes & known.purposes[role]))
                directory = any(Scope.PUBLIC_DIRECTORY in one.scopes for one in known.admitting(moved, rule.action))
                assert decide(known, moved, rule.action, [at]).allowed, rule.name
                assert decide(known, moved, rule.action, [shut]).allowed == directory, rule.name


def test_who_left_has_no_ground_at_all_and_who_came_back_only_what_is_of_since_then() -> None:
    """Every rule of every service is met by somebody who has all grounds, and by nobody who left."""
    for service in SERVICES:
        for rule in (rule for rule in policy(service).rules if rule.roles):
            parts = tuple(Part(HOUSES[0], STAFF[0], kind, SINCE[1]) for kind in (*rule.kinds, "TEAM", "HOLDER"))
            row = {**NOBODYS_ROW, **dict.fromkeys(("holder", "addressee", "sender", "engaged"), HOUSES[0])}
            for role in rule.roles:
                who = Caller(STAFF[0], HOUSES[0], role, min(rule.purposes & policy(service).purposes[role]))
                here = World(service, who, rule.action, row, tuple((part, None) for part in parts))
                assert not evaluated(replace(here, left=Leaving(away=True)))[0], rule.name
    assert evaluated(replace(CAME_BACK, left=HERE))[0]
    assert not evaluated(CAME_BACK)[0]
    assert FieldClass.IDENTITY in evaluated(replace(ENTERED, left=HERE))[1]
    assert evaluated(ENTERED) == (True, frozenset({FieldClass.WORK, FieldClass.QUASI, FieldClass.CONTROL}))


def test_broken_glass_opens_who_and_where_somebody_is_for_reading_and_nothing_else() -> None:
    opened: dict[str, set[str]] = {}
    for service in SERVICES:
        for rule in policy(service).rules:
            for role in rule.roles & {Role.CASEWORKER, Role.SUPERVISOR}:
                who = Caller(STAFF[0], HOUSES[0], role, Purpose.PROTECTION)
                found = decide(policy(service), who, rule.action, [Place("case/1", (Part(*GLASS),))])
                if found.allowed and not decide(policy(service), who, rule.action, [Place("case/1")]).allowed:
                    opened.setdefault(rule.action, set()).update(found.classes)
    assert opened == {
        "intake.case.read": {"C0"},
        "intake.person.read": {"C0", "C1", "C2"},
        "intake.stay.read": {"C0", "C4"},
    }
