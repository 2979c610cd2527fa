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
from shared.auth.deciding import EVERYBODY
from shared.auth.leaving import HERE, Leaving
from shared.columns import Instant
from shared.ids import OrganisationRef, StaffRef
from shared.model import FieldClass
from shared.reference import cedar

SERVICES = ("intake", "screening", "referrals", "grants")
STAFF: tuple[StaffRef, ...] = ("a" * 32, "b" * 32)
HOUSES: tuple[OrganisationRef, ...] = ("c" * 32, "d" * 32)
OPEN = frozenset({"open"})
TAKEN, WAITS = frozenset({"taken"}), frozenset({"open", "taken"})
NAMED = ("holder", "addressee", "sender", "engaged", "entered_for")
BELONGING = Belonging(
    **{one: one for one in (*NAMED, "author")},  # type: ignore[arg-type]
    while_in=OPEN,
    engaged_in=TAKEN,
    waits_in=WAITS,
)
META = MetaData()
ROW: dict[str, Any] = {
    **{"ref": "e" * 32, "case_ref": "f" * 32, "status": "open", "author": None},
    **dict.fromkeys(NAMED),
    "recorded_at": None,
}
THINGS = Table(
    "thing",
    META,
    *(Column(name, String) for name in ROW if name != "recorded_at"),
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
    row = {name: draw(house) for name in NAMED}
    row |= {"author": draw(st.sampled_from((*STAFF, None))), "recorded_at": draw(st.sampled_from(SINCE[1:]))}
    status = draw(st.sampled_from(("open", "taken", "over")))
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
    if where["engaged"] and where["status"] in TAKEN:
        named["engaged"] = party(where["engaged"])
    waits = where["status"] in WAITS
    missing = {"unaddressed": "addressee", "unengaged": "engaged"}
    nobody_yet = {name: waits and where[column] is None for name, column in missing.items()}
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


NOBODYS_ROW = {**ROW, "recorded_at": NOW}
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
