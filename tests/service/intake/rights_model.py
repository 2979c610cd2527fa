"""What a model by hand says of cases and of who works on them, for the walk through rights."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import caller, ref

HOUSES = {"amy": "a-house", "abe": "a-house", "ahead": "a-house", "bea": "b-house", "bhead": "b-house"}
HEADS, OTHER = {"a-house": "ahead", "b-house": "bhead"}, {"a-house": "b-house", "b-house": "a-house"}
GUESTS = {"a-house": "bea", "b-house": "abe"}
ROLES = {who: Role.SUPERVISOR if who in HEADS.values() else Role.CASEWORKER for who in HOUSES}
CALLERS = {who: caller(who, ROLES[who], house) for who, house in HOUSES.items()}


@dataclass
class Known:
    """What the model says of a case. A worker has a kind of part, and works until a day or until released."""

    ref: str
    person: str
    registrar: str
    holder: str
    team: dict[tuple[str, str], date | None] = field(default_factory=dict)
    status: str = "open"
    giving: bool = False
    share: str | None = None
    away: set[str] = field(default_factory=set)
    """Who has left their house, of all cases alike."""
    unknown: set[str] = field(default_factory=set)
    """Who left it after they registered the person."""

    @property
    def request(self) -> str:
        return ref(f"request of {self.ref}")

    @property
    def told(self) -> bool:
        """Whether the school is told whom it helps."""
        return self.status == "open" and self.giving and self.share is not None

    def works(self, who: str) -> bool:
        return self.status != "void" and any(worker == who for worker, _ in self.team) and who not in self.away

    def sees_case(self, who: str) -> bool:
        return self.works(who) or (HOUSES[who] == self.holder and who not in self.away)

    def sees_person(self, who: str) -> bool:
        house = HOUSES[self.registrar] if self.status == "void" else self.holder
        return self.works(who) or (HOUSES[who] == house and who not in self.away)

    def knows_who(self, who: str) -> bool:
        """A void case never was: whoever registered the person answers for them as before."""
        registered = who == self.registrar and who not in self.unknown
        return registered if self.status == "void" else self.works(who)


def part(who: str, kind: str) -> dict[str, Any]:
    house = pseudonym("organisation", HOUSES[who])
    return {"staff_ref": pseudonym("staff", who), "organisation_ref": house, "kind": kind}


STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("open", {"who": "amy"}),
    ("agree_or_withdraw", {"number": 0}),
    ("give_or_end", {"number": 0}),
    ("assign", {"number": 0, "who": "abe"}),
    ("release", {"number": 0, "nth": 0}),
    ("transfer", {"number": 0, "accepted": False}),
    ("transfer", {"number": 0, "accepted": True}),
    ("reach_for", {"number": 0, "who": "ahead", "command": "assign"}),
    ("grant", {"number": 0, "days": 1}),
    ("days_pass", {"days": 2}),
    ("agree_or_withdraw", {"number": 0}),
    ("agree_or_withdraw", {"number": 0}),
    ("give_or_end", {"number": 0}),
    ("give_or_end", {"number": 0}),
    ("close", {"number": 0}),
    ("assign", {"number": 0, "who": "bea"}),
    ("leave_or_return", {"who": "bea"}),
    ("reach_for", {"number": 0, "who": "bea", "command": "assign"}),
    ("assign", {"number": 0, "who": "bea"}),
    ("leave_or_return", {"who": "bea"}),
    ("assign", {"number": 0, "who": "bea"}),
    ("open", {"who": "bea"}),
    ("void", {"number": 1}),
)
"""A walk on which every right begins and ends."""
