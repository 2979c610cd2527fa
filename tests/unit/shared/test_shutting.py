"""Whose parts are left when a source lost facts: nobody who was shut out comes in, and who was let in goes on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.journey import JOURNEY as INTAKE
from services.screening.journey import JOURNEY as SCREENING
from shared.auth.policy import Policy
from shared.columns import canonical
from shared.contracts import intake, referrals
from shared.events.envelope import Said, Stream
from shared.journey import Guard, Journey, told_again
from shared.journey.parts import BARRED, HOLDER, VOIDED
from shared.journey.shutting import SHUTTING, STAYING, parts_of, read, stored
from shared.model import Event
from shared.testing import ref
from tests.unit.shared.test_parts import (
    BROKEN,
    CASE,
    HERE,
    LEFT,
    MENDED,
    MINE,
    OPENED,
    SEEN,
    TAKEN,
    THERE,
    UNSEEN,
    WORKS,
)

AT = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 4)
NEAR = intake.CaseConflictDeclared(case_ref=CASE, staff_ref=MINE["staff_ref"])
NOT_NEAR = intake.CaseConflictEnded(case_ref=CASE, staff_ref=MINE["staff_ref"])
FORGOTTEN = intake.CaseErased(case_ref=CASE, erasure_ref=ref("erasure"))
STRUCK = intake.CaseVoided(case_ref=CASE, reason="DUPLICATE")
HOSTED = intake.StayAdmitted(case_ref=CASE, stay_ref=ref("stay"), organisation_ref=THERE, day=DAY)
GONE_MISSING = intake.StayMissing(case_ref=CASE, stay_ref=ref("stay"), day=DAY)
GOES = intake.StayDeparted(case_ref=CASE, stay_ref=ref("stay"), day=DAY)
TOLD = intake.CaseInformed(case_ref=CASE, organisation_ref=THERE)
NOT_TOLD = intake.CaseInformingEnded(case_ref=CASE, organisation_ref=THERE)
AWAY, BACK = referrals.StaffLeft(**MINE), referrals.StaffReturned(**MINE)
CALLED = {"directory_ref": ref("directory"), **MINE}
STEWARD, NO_STEWARD = referrals.StewardAppointed(**CALLED), referrals.StewardRemoved(**CALLED)
Facts = Sequence[Event]
ROWS: dict[str, tuple[Facts, Facts, set[str]]] = {
    # what is left of it; what was lost; the parts that hold until people have looked
    "a conflict of interest": ((OPENED, WORKS), (NEAR,), {"HOLDER", "TEAM", "BARRED"}),
    "a conflict that was found to be none": ((OPENED, NEAR), (NOT_NEAR,), {"HOLDER", "BARRED"}),
    "a case entered in error": ((OPENED,), (STRUCK,), {"HOLDER", "VOIDED"}),
    "a case forgotten": ((OPENED,), (FORGOTTEN,), {"HOLDER", "ERASED"}),
    "somebody released": ((OPENED, WORKS), (LEFT,), {"HOLDER"}),
    "somebody assigned": ((OPENED,), (WORKS,), {"HOLDER"}),
    "released and assigned again": ((OPENED, WORKS), (LEFT, WORKS), {"HOLDER", "TEAM"}),
    "a glass that ended early": ((OPENED, BROKEN), (MENDED,), {"HOLDER"}),
    "a reading that ended early": ((OPENED, SEEN), (UNSEEN,), {"HOLDER"}),
    "a transfer": ((OPENED, WORKS), (TAKEN, LEFT), {"HOLDER"}),
    "departure": ((OPENED, HOSTED), (GOES,), {"HOLDER"}),
    "a body told no more": ((OPENED, TOLD), (NOT_TOLD,), {"HOLDER"}),
    "nothing that is of anybody": ((OPENED, WORKS, HOSTED), (GONE_MISSING,), {"HOLDER", "TEAM", "HOSTS"}),
    "all of it": ((), (OPENED, WORKS, NEAR), {"HOLDER", "BARRED"}),
    "leaving": ((), (AWAY,), {"GONE"}),
    "coming back": ((AWAY,), (BACK,), {"GONE"}),
    "a steward who was removed": ((STEWARD,), (NO_STEWARD,), set()),
}  # fmt: skip


def said(facts: Facts, of: Stream) -> list[Said]:
    return [
        Said(*of, number, fact.type, canonical(fact), AT + timedelta(minutes=number))
        for number, fact in enumerate(facts, 1)
    ]


def after(left: Facts, lost: Facts, anew: Facts = (), journey: Journey = INTAKE) -> set[tuple[str, str, str]]:
    """Whose parts hold where these are told, those lost, and these told anew."""
    directory = any(isinstance(fact, referrals.StewardAppointed) for fact in (*left, *lost, *anew))
    house = any(isinstance(fact, referrals.StaffLeft) for fact in (*left, *lost, *anew))
    stream = (
        Stream("referrals", f"directory/{ref('directory')}" if directory else f"organisation/{HERE}")
        if directory or house
        else Stream("intake", f"case/{CASE}")
    )
    before = told_again(journey, stream, said((*left, *lost), stream))
    held = parts_of(part for part in before.relations.values() if part is not None)
    guard = Guard(len(left), before.facet, read(stored(held)))
    now = told_again(journey, stream, said((*left, *anew), stream), guard)
    return {(part.kind, part.organisation_ref, str(part.until)) for part in now.relations.values() if part}


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.parametrize("journey", [INTAKE, SCREENING], ids=["intake", "screening"])
def test_who_was_shut_out_stays_so(case: str, journey: Journey) -> None:
    left, lost, holds = ROWS[case]
    assert {kind for kind, _, _ in after(left, lost, journey=journey)} == holds


def test_whoever_took_a_case_over_holds_it_alone() -> None:
    assert after((OPENED, WORKS), (TAKEN, LEFT)) == {("HOLDER", THERE, "None")}


def test_who_left_is_away_although_they_had_come_back() -> None:
    assert after((AWAY,), (BACK,)) == {("GONE", HERE, "None")}
    assert after((AWAY, BACK), (AWAY,)) == {("GONE", HERE, "None")}


def test_what_was_had_before_the_latest_return_never_counts_again() -> None:
    [(kind, _, until)] = after((AWAY, BACK), (AWAY, BACK))
    assert (kind, until) == ("GONE", str(AT + timedelta(minutes=4)))


@pytest.mark.parametrize(
    ("left", "lost", "anew", "holds"),
    [
        ((OPENED, WORKS), (LEFT,), (WORKS,), {"HOLDER", "TEAM"}),
        ((OPENED,), (NEAR,), (NOT_NEAR,), {"HOLDER"}),
        ((OPENED, WORKS), (TAKEN, LEFT), (TAKEN, LEFT), {"HOLDER"}),
        ((), (AWAY,), (AWAY, BACK), {"GONE"}),
    ],
)
def test_what_is_told_anew_counts_at_once(left: Facts, lost: Facts, anew: Facts, holds: set[str]) -> None:
    assert {kind for kind, _, _ in after(left, lost, anew)} == holds


def test_a_guard_of_an_earlier_version_shuts_nobody_out() -> None:
    """It does not know who had a part."""
    stream = Stream("intake", f"case/{CASE}")
    facts = said((OPENED, WORKS), stream)
    before = told_again(INTAKE, stream, facts)
    now = told_again(INTAKE, stream, facts, Guard(2, before.facet))
    assert now.relations == before.relations


def test_each_kind_of_part_is_known_to_open_or_to_shut() -> None:
    """The kinds that shut are those of which the policy says so. Whoever adds one decides it in `shutting`."""
    assert (
        {kind for kind, rule in Policy.of().kinds.items() if rule.shuts}
        == SHUTTING
        == {BARRED, "ERASED", VOIDED, "GONE"}
    )
    assert {HOLDER} == STAYING - SHUTTING
