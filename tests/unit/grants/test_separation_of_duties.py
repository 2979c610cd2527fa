"""Preparer, assessor, approver, disburser and reconciler are distinct people on every grant, whoever tries what.

A walk lets invented people try each step of a grant in any order of persons; the test keeps its own book of who
succeeded at what and compares that, not the fields of the state.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.applications import commands as ask
from services.grants.applications.committee import Ballot
from services.grants.applications.domain import decide as decide_application
from services.grants.applications.duties import Part
from services.grants.applications.state import Application
from services.grants.instalments import commands as pay
from services.grants.instalments.domain import decide as decide_instalment
from services.grants.instalments.state import Facts as PartFacts
from services.grants.instalments.state import Instalment, parts_of
from shared.contracts.grants import Basis
from shared.errors import Refused
from shared.testing import ref
from tests.unit.grants.builders import DAY, draft, facts, plan, programme, seat
from tests.unit.grants.parts import PAY, RELEASE, receipt

STAFF = ("dara", "mony", "sovann", "neary", "phirun", "sreymom", "veasna", "kosal")
people = st.lists(st.sampled_from(STAFF), max_size=3)
committees = st.lists(st.permutations(STAFF).map(lambda names: tuple(names[:3])), max_size=2)
Book = dict[Part, set[str]]


class Walk:
    """One grant, and the book of who did what on it."""

    def __init__(self) -> None:
        self.book: Book = defaultdict(set)
        self.grant: Application | None = None
        self.parts: list[Instalment] = []

    def try_grant(self, part: Part | None, command: ask.ApplicationCommand, who: str) -> bool:
        """Whether the command was accepted."""
        try:
            decided = decide_application(self.grant, command, facts(who))
        except Refused:
            return False
        self.grant = decided.state
        if part is not None and decided.events:
            self.book[part].add(who)
        return True

    def try_part(self, part: Part | None, number: int, command: pay.InstalmentCommand, who: str) -> bool:
        """The same for an instalment, with what the handler would gather."""
        assert self.grant is not None
        handled = {one for part_ in self.parts for one in (part_.released_by, part_.paid_by) if one}
        reconciled = {part_.reconciled_by for part_ in self.parts if part_.reconciled_by}
        about = PartFacts(
            instalment_ref=ref(f"part {number}"),
            actor=ref(who),
            day=DAY,
            programme=programme(),
            hands={**self.grant.hands, Part.DISBURSER: handled, Part.RECONCILER: reconciled},
            approved=self.grant.granted,
            others=sum(one.amount for one in self.parts if one.number != number),
            before=self.parts[0] if number == 2 else None,
            visited_on=DAY,
        )
        try:
            decided = decide_instalment(self.parts[number - 1], command, about)
        except Refused:
            return False
        self.parts[number - 1] = decided.state
        if part is not None and decided.events:
            self.book[part].add(who)
        return True


def walked(tries: list[list[str]], seats: list[tuple[str, ...]]) -> Walk:
    """A grant as far as these people get it: once back for a revision, then to the last reconciliation."""
    walk, turns = Walk(), iter(tries)

    def somebody(part: Part | None, command: ask.ApplicationCommand) -> None:
        for who in next(turns):
            walk.try_grant(part, command, who)

    def committee(conclusion: ask.ApplicationCommand) -> None:
        for names in seats:
            walk.try_grant(None, seat(*names), "mony")
            for who in names:
                walk.try_grant(Part.APPROVER, ask.CastVote(ballot=Ballot.FOR), who)
            walk.try_grant(Part.APPROVER, conclusion, names[0])

    somebody(Part.PREPARER, draft())
    for cost, conclusion in (
        (24_000, ask.RequestRevision(reason="COSTS")),
        (23_000, ask.ApproveApplication(amount=20_000)),
    ):
        change = ask.CorrectApplication(reason="MISTYPED", holders=(ref("sok"),), plan=plan(cost))
        somebody(Part.PREPARER, change)
        somebody(Part.PREPARER, ask.SubmitApplication())
        somebody(Part.ASSESSOR, ask.CheckEligibility(basis=Basis.GRANT_ADULT))
        somebody(Part.ASSESSOR, ask.AssessApplication(recommended=True))
        committee(conclusion)
    somebody(None, ask.SignAgreement(read_aloud=True, copy_left=True))
    if walk.grant is not None and walk.grant.signed_on is not None:
        paid_out(walk, turns)
    return walk


def paid_out(walk: Walk, turns: Iterator[list[str]]) -> None:
    """Both instalments, as far as these people get them."""
    assert walk.grant is not None
    refs = {"case_ref": ref("case"), "application_ref": ref("application"), "programme_ref": ref("programme")}
    walk.parts = list(parts_of(walk.grant.granted, programme(), **refs))
    for number in (1, 2):
        payment = PAY.but(payment_ref=ref(f"payment {number}"))
        for part, command in ((Part.DISBURSER, RELEASE), (Part.DISBURSER, payment)):
            for who in next(turns):
                walk.try_part(part, number, command, who)
        walk.try_part(None, number, receipt(20_000, f"receipt {number}"), "dara")
        for who in next(turns):
            walk.try_part(Part.RECONCILER, number, pay.ReconcileInstalment(), who)


WRITING = [["dara"], ["dara"], ["mony"], ["mony"]]
USUAL = [["dara"], *WRITING, *WRITING, ["dara"], *[["sreymom"], ["sreymom"], ["veasna"]] * 2]
COMMITTEE = ("sovann", "neary", "phirun")


@given(st.lists(people, min_size=len(USUAL), max_size=len(USUAL)), committees)
def test_nobody_has_two_parts_on_a_grant(tries: list[list[str]], seats: list[tuple[str, ...]]) -> None:
    """Wrong people try first, then the usual ones, so that most walks get far."""
    attempts = [[*others, *usual] for others, usual in zip(tries, USUAL, strict=True)]
    book = walked(attempts, [*seats, COMMITTEE]).book
    for one, other in combinations(Part, 2):
        assert not book[one] & book[other], (one, other)


def test_the_walk_reaches_the_end_with_the_right_people() -> None:
    walk = walked(USUAL, [COMMITTEE])
    assert {part: len(walk.book[part]) for part in Part} == {
        Part.PREPARER: 1, Part.ASSESSOR: 1, Part.APPROVER: 3, Part.DISBURSER: 1, Part.RECONCILER: 1,
    }  # fmt: skip
    assert [part.reconciled_by for part in walk.parts] == [ref("veasna")] * 2


@pytest.mark.parametrize("who", ["dara", "mony", "sovann", "sreymom"])
def test_the_last_part_is_for_somebody_new(who: str) -> None:
    tries = [*USUAL[:12], [who], *USUAL[13:15], [who]]
    assert walked(tries, [COMMITTEE]).book[Part.RECONCILER] == set()
