"""Three ways to one answer, over random worlds: the evaluator, the condition of SQL, and Cedar as the oracle."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cedarpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, MetaData, String, Table, create_engine, insert, select

from shared.auth import Belonging, Caller, Part, Place, Policy, Purpose, Role, decide, predicate
from shared.auth.asking import known
from shared.auth.caller import SYSTEM
from shared.auth.deciding import EVERYBODY
from shared.auth.leaving import HERE, Leaving
from shared.auth.policy import Scope
from shared.columns import Instant
from shared.ids import OrganisationRef, StaffRef
from shared.model import FieldClass
from shared.reference import cedar

SERVICES = ("intake", "screening", "referrals", "grants")
STAFF: tuple[StaffRef, ...] = ("a" * 32, "b" * 32)
HOUSES: tuple[OrganisationRef, ...] = ("c" * 32, "d" * 32)
OPEN = frozenset({"open"})
BELONGING = Belonging(
    holder="holder", addressee="addressee", sender="sender", entered_for="entered_for", author="author", while_in=OPEN
)
META = MetaData()
THINGS = Table(
    "thing",
    META,
    *(Column(name, String) for name in ("ref", "case_ref", "holder", "addressee", "sender", "status")),
    *(Column(name, String) for name in ("entered_for", "author")),
    Column("recorded_at", Instant),
)
PARTS = Table(
    "relation",
    META,
    *(Column(name, String) for name in ("subject", "organisation_ref", "staff_ref", "kind")),
    Column("until", Instant),
    Column("since", Instant),
)
NOW = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
ENDS = (None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1))
"""When a part may end: never, a moment ago, now, or in a moment."""
SINCE = (None, NOW - timedelta(hours=2), NOW)
LEFT = (
    HERE,
    HERE,
    HERE,
    Leaving(away=True),
    Leaving(back=NOW - timedelta(hours=2)),
    Leaving(back=NOW - timedelta(hours=1)),
)
"""Whether the caller left: mostly never; is away; came back just when some parts were made, or after that."""


@cache
def policy(service: str) -> Policy:
    return Policy.of(f"services.{service}")


@cache
def oracle(service: str, action: str) -> tuple[cedarpy.PolicySet, cedarpy.Schema, tuple[str, ...]]:
    """The rules of an action in Cedar's words, read once, with the names that its answers do not have."""
    texts = cedar.policies(policy(service), action)
    schema = cedarpy.Schema.from_str(cedar.schema(policy(service)))
    return cedarpy.PolicySet.from_str("\n".join(texts.values())), schema, tuple(texts)


@dataclass(frozen=True)
class World:
    """One thing, and who has which part in its case."""

    service: str
    caller: Caller
    action: str
    row: dict[str, Any]
    had: tuple[tuple[Part, datetime | None], ...]
    left: Leaving = HERE

    def parts(self, _caller: Caller, _subject: str) -> tuple[Part, ...]:
        """The parts that there are now."""
        return tuple(part for part, until in self.had if until is None or until > NOW)

    def leaving(self, _caller: Caller) -> Leaving:
        return self.left

    def note(self, action: str, subject: str | None) -> None: ...

    @property
    def policy(self) -> Policy:
        return policy(self.service)

    @property
    def places(self) -> tuple[Place, ...]:
        """The thing as every decision knows it."""
        return known(self, self.caller, BELONGING.places(None, self.row))  # type: ignore[arg-type]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Mostly callers whom some rule is for: what nobody may do is soon told."""
    service = draw(st.sampled_from(SERVICES))
    rule = draw(st.sampled_from(policy(service).rules))
    role = draw(st.sampled_from([*sorted(rule.roles), *sorted(rule.roles), Role.ANALYST]))
    purpose = draw(st.sampled_from([*sorted(rule.purposes), Purpose.OPERATION]))
    house = st.sampled_from((*HOUSES, None))
    common = st.sampled_from(("TEAM", "HOLDER", "VOIDED", "BARRED"))
    kinds = common | st.sampled_from(sorted(policy(service).kinds))
    part = st.builds(
        Part,
        st.sampled_from((*HOUSES, EVERYBODY)),
        st.sampled_from((*STAFF, EVERYBODY)),
        kinds,
        st.sampled_from(SINCE),
    )
    row = {name: draw(house) for name in ("holder", "addressee", "sender", "entered_for")}
    row |= {"author": draw(st.sampled_from((*STAFF, None))), "recorded_at": draw(st.sampled_from(SINCE[1:]))}
    status = draw(st.sampled_from(("open", "over")))
    return World(
        service,
        Caller(STAFF[0], HOUSES[0], role, purpose),
        rule.action,
        {"ref": "e" * 32, "case_ref": "f" * 32, "status": status, **row},
        tuple(draw(st.lists(st.tuples(part, st.sampled_from(ENDS)), max_size=4))),
        draw(st.sampled_from(LEFT)),
    )


def evaluated(world: World) -> tuple[bool, frozenset[FieldClass]]:
    found = decide(policy(world.service), world.caller, world.action, world.places)
    return found.allowed, found.classes


def selected(world: World) -> bool:
    """Whether a list would show the row."""
    engine = create_engine("sqlite://")

    def rows(conn: Connection) -> int:
        META.create_all(conn)
        conn.execute(insert(THINGS), [world.row])
        conn.execute(
            insert(PARTS),
            [{"subject": f"case/{'f' * 32}", **part._asdict(), "until": until} for part, until in world.had]
            or [OTHERS],
        )
        seen = predicate(policy(world.service), world.caller, world.action, BELONGING, THINGS, PARTS, NOW, world.left)
        return len(conn.execute(select(THINGS.c.ref).where(seen)).all())

    with engine.begin() as conn:
        return rows(conn) == 1


OTHERS = {
    "subject": f"case/{'0' * 32}", "organisation_ref": HOUSES[0], "staff_ref": STAFF[0], "kind": "TEAM", "until": None,
    "since": None,
}  # fmt: skip


def party(*names: str) -> dict[str, Any]:
    return {"__entity": {"type": "Party", "id": "/".join(name for name in names if name) or "everybody"}}


def answered(world: World, classes: list[str]) -> list[Any]:
    """What Cedar answers for the thing itself and for each class."""
    policies, schema, _ = oracle(world.service, world.action)
    who, where = world.caller, world.row
    named = {name: party(str(where[name])) for name in ("holder", "sender") if where[name]}
    if where["addressee"] and where["status"] in OPEN:
        named["addressee"] = party(where["addressee"])
    nobody_yet = {"unaddressed": where["addressee"] is None}
    sets = {
        kind: [
            party(part.organisation_ref, part.staff_ref) for part in whole(world.places[0].parts) if part.kind == kind
        ]
        for kind in policy(world.service).kinds
    }
    own = {"self": party(who.organisation_ref, who.staff_ref), "organisation": party(who.organisation_ref)}
    entities = [
        {"uid": {"type": "Worker", "id": "me"}, "attrs": own, "parents": []},
        {"uid": {"type": "Thing", "id": "it"}, "attrs": {**named, **nobody_yet, **sets}, "parents": []},
    ]
    requests = [
        {
            "principal": 'Worker::"me"',
            "action": f'Action::"{world.action}"',
            "resource": 'Thing::"it"',
            "context": {"role": who.role.value, "purpose": who.purpose.value, "class": one},
        }
        for one in classes
    ]
    return cedarpy.is_authorized_batch(requests, policies, entities, schema)


def asked(world: World, classes: list[str]) -> tuple[bool, frozenset[FieldClass]]:
    """What Cedar says. Anything but a clean Allow without an error is a no."""
    answers = answered(world, classes)
    clean = [answer.decision == cedarpy.Decision.Allow and not answer.diagnostics.errors for answer in answers]
    seen = frozenset(FieldClass(one) for one, yes in zip(classes, clean, strict=True) if yes and one != cedar.ROW)
    return clean[0], seen


def reasons(world: World) -> list[str]:
    """The rules that let in, by our own names: Cedar answers with their positions."""
    names = oracle(world.service, world.action)[2]
    [answer] = answered(world, [cedar.ROW])
    return [names[int(one.removeprefix("policy"))] for one in answer.diagnostics.reasons]


def whole(parts: Iterable[Part]) -> Iterable[Part]:
    """A part that names a person and no organisation is that person's anywhere; Cedar's sets name it for this one."""
    for part in parts:
        yield part._replace(organisation_ref=HOUSES[0]) if not part.organisation_ref and part.staff_ref else part


NOBODYS_ROW = {
    "ref": "e" * 32, "case_ref": "f" * 32, "status": "open", "holder": None, "addressee": None, "sender": None,
    "entered_for": None, "author": None, "recorded_at": NOW,
}  # fmt: skip
GLASS = (HOUSES[0], STAFF[0], "GLASS")
SHUT = World(
    "screening",
    Caller(STAFF[0], HOUSES[0], Role.CASEWORKER, Purpose.PROTECTION),
    "screening.interview.read",
    NOBODYS_ROW,
    ((Part(HOUSES[0], STAFF[0], "TEAM"), None), (Part(EVERYBODY, EVERYBODY, "VOIDED"), None)),
)


BARRED = replace(
    SHUT, row={**SHUT.row, "holder": HOUSES[0]}, had=(SHUT.had[0], (Part(EVERYBODY, STAFF[0], "BARRED"), None))
)
BROKEN = [
    replace(SHUT, service="intake", action=f"intake.{thing}.read", had=((Part(*GLASS), until),))
    for thing in ("person", "case", "stay")
    for until in ENDS
]


EARLIER = Part(HOUSES[0], STAFF[0], "TEAM", NOW - timedelta(hours=2))
CAME_BACK = replace(SHUT, had=((EARLIER, None),), left=Leaving(back=NOW - timedelta(hours=1)))
ENTERED = replace(
    CAME_BACK,
    service="intake",
    action="intake.person.read",
    caller=Caller(STAFF[0], HOUSES[0], Role.INTAKE_OFFICER, Purpose.PROTECTION),
    row={**NOBODYS_ROW, "entered_for": HOUSES[0], "author": STAFF[0], "recorded_at": NOW - timedelta(hours=2)},
    had=(),
)


@given(worlds())
@example(SHUT)
@example(CAME_BACK)
@example(replace(CAME_BACK, left=HERE))
@example(replace(CAME_BACK, left=Leaving(away=True)))
@example(ENTERED)
@example(replace(ENTERED, left=HERE))
@example(BARRED)
@example(BROKEN[2])
@example(BROKEN[3])
def test_evaluator_list_and_oracle_agree(world: World) -> None:
    allowed, classes = evaluated(world)
    assert selected(world) == allowed
    assert asked(world, [cedar.ROW, *FieldClass]) == (allowed, classes)


@pytest.mark.parametrize("service", SERVICES)
def test_what_partners_read_is_sound(service: str) -> None:
    found = cedarpy.validate_policies(
        "\n".join(cedar.policies(policy(service)).values()), cedar.schema(policy(service))
    )
    assert found.validation_passed, found.errors


def test_the_oracle_names_the_rule_that_let_in() -> None:
    place = Place("case/1", (Part(HOUSES[0], STAFF[0], "TEAM"),))
    caller = Caller(STAFF[0], HOUSES[0], Role.CASEWORKER, Purpose.PROTECTION)
    world = World("screening", caller, "screening.interview.read", NOBODYS_ROW, ((place.parts[0], None),))
    [reason] = reasons(world)
    assert reason.startswith("screening.interview.read#1 relation ")
    assert "TEAM" in reason.split()


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
            at = Place("case/1", parts, HOUSES[1], HOUSES[1], HOUSES[1], unaddressed=True)
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
            row = {**NOBODYS_ROW, **dict.fromkeys(("holder", "addressee", "sender"), HOUSES[0])}
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
