"""What each kind of part opens, for somebody of another house who has it and no other: by a table by hand.

A caseworker's and a supervisor's roles may see every class, so what is missing here is missing by the kind.
"""

from collections.abc import Mapping

import pytest
from sqlalchemy import insert

from shared.auth import Role
from shared.ids import pseudonym
from shared.journey.parts import Relation
from shared.testing import Harness, caller
from tests.conftest import Start
from tests.service.trust.peopled import WORLDS, peopled
from tests.service.trust.test_field_sets import classes, filled, single_reads

ALL, IDENTITY, WORDS, PLAIN, COARSE = "C0 C1 C2 C3 CX", "C0 C1 C2 CX", "C0 C1 C3 CX", "C0 C1 CX", "C0 C1"
HOME = "persons households intake-cases consents stays provisions"
AFTERCARE = "plans goals memberships followups service-referrals"
MONEY = "applications instalments businesses"
DECIDING = "interviews answers determinations assessment findings best-interests"
MASKED = dict.fromkeys(HOME.split(), PLAIN) | {"journey": PLAIN}
NAMED = dict.fromkeys(HOME.split(), IDENTITY) | {"journey": PLAIN}

ASKING = {"c4-readings": "C0 C1"}
"""Who works on the case asks a second person for where somebody sleeps."""

Opened = Mapping[str, str]
TABLE: Mapping[str, Mapping[str, Opened]] = {
    "TEAM": {
        "intake": NAMED | ASKING,
        "screening": dict.fromkeys(DECIDING.split(), ALL),
        "referrals": dict.fromkeys(AFTERCARE.split(), ALL),
        "grants": dict.fromkeys(MONEY.split(), ALL),
    },
    "SCREENING": {
        "intake": NAMED | ASKING,
        "screening": {"interviews": PLAIN, "answers": WORDS},
        "referrals": dict.fromkeys(("plans", "memberships"), PLAIN),
        "grants": {"instalments": PLAIN},
    },
    "DECIDER": {
        "intake": MASKED,
        "screening": {
            "interviews": PLAIN,
            **dict.fromkeys(["answers", "determinations", "assessment", "findings"], WORDS),
        },
        "referrals": dict.fromkeys(("plans", "memberships"), PLAIN),
        "grants": {"instalments": PLAIN},
    },
    "PLAN": {
        "intake": NAMED | ASKING,
        "screening": {"interviews": PLAIN},
        "referrals": dict.fromkeys(AFTERCARE.split(), ALL),
        "grants": {"applications": WORDS, "businesses": WORDS, "instalments": PLAIN},
    },
    **{
        kind: {
            "intake": NAMED if kind in ("GRANT", "DISBURSER") else MASKED,
            "screening": {"interviews": PLAIN},
            "referrals": dict.fromkeys(("plans", "memberships"), PLAIN),
            "grants": dict.fromkeys(MONEY.split(), PLAIN if kind in ("DISBURSER", "RECONCILER") else WORDS),
        }
        for kind in ("GRANT", "ASSESSOR", "COMMITTEE", "DISBURSER", "RECONCILER")
    },
    "AUTHORITY": {
        "intake": NAMED,
        "screening": dict.fromkeys(("interviews", "determinations", "findings", "best-interests"), PLAIN),
        "referrals": dict.fromkeys(("plans", "goals", "memberships", "followups"), PLAIN),
        "grants": dict.fromkeys(MONEY.split(), PLAIN),
    },
    **{
        kind: {
            "intake": dict.fromkeys(HOME.split(), COARSE),
            "screening": {"interviews": COARSE},
            "referrals": dict.fromkeys(("plans", "memberships"), COARSE),
            "grants": {"instalments": COARSE},
        }
        for kind in ("PROVIDER", "SENDER")
    },
    "INFORMED": {service: {} for service in WORLDS},
    "HOSTS": {
        "intake": {"persons": "C0 C1 C2", "intake-cases": "C0", "provisions": PLAIN},
        "screening": {},
        "referrals": {},
        "grants": {},
    },
}  # fmt: skip
EVERYWHERE = frozenset({"journey", "codes", "forms", "organisations", "groups", "programmes"})
"""What is there for whoever works on anything, and opens the same by every kind."""


ROLES = (Role.CASEWORKER, Role.SUPERVISOR, Role.INTERVIEWER)


async def _let_in(world: Harness, case: str) -> Mapping[str, list[str]]:
    """By kind, callers who have that part in the case."""
    (running,) = world.running.values()
    house = pseudonym("organisation", "far-away")
    named = {(kind, role): f"far-{kind}-{role}".lower().replace("_", "-") for kind in TABLE for role in ROLES}
    parts = [
        Relation(f"case/{case}", "intake", pseudonym("staff", who), house, kind)._asdict()
        for (kind, _), who in named.items()
    ]
    await running.kept.database.write(
        lambda connection: connection.execute(insert(running.kept.ledger.relation), parts)
    )
    return {kind: [caller(named[kind, role], role, "far-away") for role in ROLES] for kind in TABLE}


@pytest.mark.parametrize("service", WORLDS)
async def test_what_each_kind_opens_and_nothing_else(start: Start, service: str) -> None:
    world = await start(service)
    case, places = await peopled(world, service)
    staff, wrong = await _let_in(world, case), []
    async with world.client() as client:
        for thing, address, model in single_reads(world, service):
            if thing in EVERYWHERE or thing.endswith("attention"):
                continue
            path = address.format_map(dict.fromkeys(("ref", "case_ref", "name", "version", "number"), places[thing]))
            seen = dict.fromkeys(TABLE, frozenset[str]())
            for kind, who in ((kind, who) for kind, callers in staff.items() for who in callers):
                seen[kind] |= filled(await client.get(path, headers={"Authorization": who})) or frozenset()
            whole, marks = frozenset[str]().union(*seen.values()), classes(model)
            for kind, fields in seen.items():
                opened = TABLE[kind][service].get(thing, "").split()
                should = {name for name in whole if marks[name] in opened}
                if fields != should:
                    wrong.append((kind, thing, sorted(fields - should), sorted(should - fields)))
    assert wrong == []
