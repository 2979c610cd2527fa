"""Nobody both enters and approves where a child goes, or what was found about somebody, whoever tries what and when.

Random people try random acts. The test keeps its own book of who succeeded at what by their own request, and compares
that with what became of it, never with whom somebody named.
"""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from services.screening.best_interests import commands as placing
from services.screening.best_interests.domain import decide as decide_placement
from services.screening.best_interests.state import BestInterests, Facts, Member, MemberRole, Seat
from services.screening.best_interests.state import Status as Placement
from services.screening.determinations import commands as finding
from services.screening.determinations.deciding import Facts as FindingFacts
from services.screening.determinations.deciding import finding_after
from services.screening.determinations.domain import decide as decide_finding
from services.screening.determinations.state import Decider, Determination, Findings, Outcome, Status
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.testing import ref
from tests.unit.screening.test_deciding import OPENS

DAY = date(2026, 11, 7)
PEOPLE = {
    "chan": MemberRole.CASEWORKER,
    "vanna": MemberRole.SUPERVISOR,
    "rath": MemberRole.SOCIAL_AFFAIRS,
    "sok": MemberRole.INTERVIEWER,
    "dara": MemberRole.DECIDER,
}
INVENTED = ("nobody", "no one")
who = st.sampled_from(sorted(PEOPLE))


def seat(name: str) -> Seat:
    return Seat(staff_ref=ref(name), organisation_ref=ref("house"))


def member(name: str, role: MemberRole, chair: bool = False) -> Member:
    return Member(**seat(name).model_dump(), role=role, chair=chair)


def proposal(names: tuple[str, ...], chair: str | None, person: str = "aunt") -> placing.ProposeBestInterests:
    """These are named, each in the role that they have; whoever is invented is whatever is needed."""
    members = tuple(member(name, PEOPLE.get(name, MemberRole.SOCIAL_AFFAIRS), name == chair) for name in names)
    return placing.ProposeBestInterests(
        receiver=ReceiverKind.KIN,
        person_ref=ref(person),
        members=members,
        set_aside=(ReceiverKind.PARENT, ReceiverKind.OTHER_PARENT),
        child_view="To my aunt.",
        reasons="Safe.",
        review_day=date(2027, 2, 7),
    )


def acting(by: str) -> Facts:
    office = "SOCIAL_AFFAIRS" if by == "rath" else "NGO"
    return Facts(ref=ref("best"), day=DAY, by=seat(by), role=PEOPLE[by], registered_as=office)


class Act(NamedTuple):
    """Somebody tries something."""

    by: str
    command: placing.BestInterestsCommand


panels = st.permutations((*PEOPLE, *INVENTED)).flatmap(
    lambda names: st.integers(2, 4).map(lambda most: tuple(names[:most]))
)
proposals = panels.flatmap(lambda names: st.sampled_from((*names, None)).map(lambda chair: proposal(names, chair)))
small = st.sampled_from(
    (
        placing.ConfirmBestInterests(),
        placing.ConfirmBestInterests(),
        placing.ConfirmBestInterests(),
        placing.SeatPanel(),
        placing.WithdrawBestInterests(),
        placing.ObjectBestInterests(reason="NOT_SAFE"),
        placing.CorrectBestInterests(review_day=date(2027, 1, 7)),
        placing.CorrectBestInterests(review_day=date(2027, 3, 7)),
        placing.ReopenBestInterests(cause="AGENCIES_DISAGREE"),
        placing.ReleasePanelMember(**seat("chan").model_dump()),
    )
)
acts = st.lists(st.builds(Act, who, proposals | small | small), max_size=25)
ALL = (
    Act("chan", proposal(("chan", "vanna", "rath"), "rath")),
    *(Act(name, placing.ConfirmBestInterests()) for name in ("vanna", "rath")),
)


@given(acts, st.booleans())
@example(list(ALL), True)
@example(
    [Act("chan", proposal(("chan", *INVENTED), "nobody")), *[Act("chan", placing.ConfirmBestInterests())] * 3], True
)
def test_p9_a_placement_is_decided_by_as_many_as_it_takes_and_by_what_each_did(tried: list[Act], panel: bool) -> None:
    state = BestInterests(
        case_ref=ref("case"), status=Placement.REQUIRED, cause="EVERY_CHILD", panel=panel, required_on=DAY
    )
    said: set[str] = set()
    for by, command in tried:
        about = acting(by)
        try:
            after = decide_placement(state, command, about)
        except Refused:
            continue
        if not isinstance(command, placing.ConfirmBestInterests) and after.events:
            said = set() if not isinstance(command, placing.ReleasePanelMember) else said - {"chan"}
        if isinstance(
            command, placing.ConfirmBestInterests | placing.ProposeBestInterests | placing.CorrectBestInterests
        ):
            said |= {by} if after.events and by in named(after.state) else set()
        state = after.state
        assert {one.staff_ref for one in state.confirmed} <= {ref(name) for name in said}
        if state.status is Placement.DECIDED:
            deciding = [member for member in state.members if member.staff_ref in {ref(name) for name in said}]
            assert len({one.staff_ref for one in deciding}) >= (3 if state.panel else 2)
            assert {MemberRole.SOCIAL_AFFAIRS, MemberRole.CASEWORKER} & {one.role for one in deciding}
            assert not state.panel or [one.role for one in deciding if one.chair] == [MemberRole.SOCIAL_AFFAIRS]
            assert not {ref(name) for name in INVENTED} & {one.staff_ref for one in state.confirmed}


def named(state: BestInterests) -> set[str]:
    """Who of the people is a member now."""
    return {name for name in PEOPLE if ref(name) in {one.staff_ref for one in state.members}}


def test_the_walk_gets_to_a_decision() -> None:
    state = BestInterests(
        case_ref=ref("case"), status=Placement.REQUIRED, cause="EVERY_CHILD", panel=True, required_on=DAY
    )
    for by, command in ALL:
        state = decide_placement(state, command, acting(by)).state
    assert state.status is Placement.DECIDED


outcomes = st.sampled_from(tuple(Outcome))
findings = st.one_of(
    st.builds(finding.MakeDetermination, outcome=outcomes, reason=st.just("OTHER"), words=st.just("Because.")),
    st.builds(finding.AmendDetermination, outcome=outcomes, reason=st.just("OTHER"), words=st.just("Because.")),
    st.just(finding.ConfirmDetermination(words="I agree.")),
    st.just(finding.RejectDetermination(words="No.")),
    st.just(finding.ReviewDetermination(reason="NEW_FACTS")),
)
SUGGESTED = Determination(
    case_ref=ref("case"), interview_ref=ref("interview"), body="NGO", status=Status.SUGGESTED, ruleset="2026.1",
    suggested_on=DAY,
)  # fmt: skip


@given(
    st.lists(st.tuples(who, findings), max_size=20),
    st.frozensets(who, max_size=3),
    st.booleans(),
    outcomes,
    st.booleans(),
)
def test_p9_whoever_wrote_the_answers_down_finds_nothing_alone(
    tried: list[tuple[str, finding.DeterminationCommand]],
    interviewed: frozenset[str],
    child: bool,
    suggested: Outcome,
    marked: bool,
) -> None:
    state, found, first = SUGGESTED, Findings(), ""
    about = FindingFacts(
        ref=ref("determination"),
        day=DAY,
        by=Decider(staff_ref=ref("dara"), organisation_ref=ref("house"), role="DECIDER"),
        suggested=suggested,
        child=child,
        flags=("VULNERABILITY_MEANS_REVIEW",) if marked else (),
        interviewers=frozenset(ref(name) for name in interviewed),
        opens=OPENS,
    )
    for by, command in tried:
        decider = Decider(staff_ref=ref(by), organisation_ref=ref("house"), role=PEOPLE[by])
        facts = replace(about, by=decider, findings=found)
        try:
            after = decide_finding(state, command, facts)
        except Refused:
            continue
        before, found, state = found, finding_after(state, command, facts), after.state
        if len(found.made) > len(before.made):
            acted = {ref(by)} if before.proposed is None else {ref(first), ref(by)}
            assert {one.staff_ref for one in found.made[-1].deciders} == acted
            assert len(acted) == 2 or by not in interviewed
        if found.proposed is not None and before.proposed is None:
            first = by
