"""Whose parts are left in each service after these facts, in this order: those of who is gone, and of who goes on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.grants.journey import JOURNEY as GRANTS
from services.intake.journey import JOURNEY as INTAKE
from services.referrals.journey import JOURNEY as REFERRALS
from services.screening.journey import JOURNEY as SCREENING
from shared.columns import canonical
from shared.contracts import intake, screening
from shared.events.envelope import Said, Stream
from shared.journey import Journey, told_again
from shared.model import Event
from shared.testing import ref

CASE, HERE, THERE = ref("case"), ref("here"), ref("there")
MINE, THEIRS = (
    {"staff_ref": ref("sok"), "organisation_ref": HERE},
    {"staff_ref": ref("kim"), "organisation_ref": THERE},
)
AT = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
OPENED = intake.CaseOpened(case_ref=CASE, organisation_ref=HERE, country="VN", is_minor=True, opened=date(2026, 11, 4))
WORKS = intake.CaseAssigned(case_ref=CASE, **MINE, kind="TEAM")
LEFT = intake.CaseReleased(case_ref=CASE, **MINE, kind="TEAM")
TAKEN = intake.CaseTransferAccepted(case_ref=CASE, organisation_ref=THERE)
GUEST = intake.CaseAssigned(case_ref=CASE, **THEIRS, kind="AUTHORITY")
BROKEN = intake.CaseGlassBroken(case_ref=CASE, glass_ref=ref("glass"), **MINE)
MENDED = intake.CaseGlassEnded(case_ref=CASE, glass_ref=ref("glass"), **MINE)
SEEN, UNSEEN = (
    intake.CaseReadingOpened(case_ref=CASE, reading_ref=ref("reading"), **MINE, confirmed_by=ref("vanna")),
    intake.CaseReadingEnded(case_ref=CASE, reading_ref=ref("reading"), **MINE),
)
ASKED, FREED = (
    kind(case_ref=CASE, best_interests_ref=ref("best"), **MINE, kind="PANEL")
    for kind in (screening.BestInterestsAssigned, screening.BestInterestsReleased)
)
DECIDES, DECIDED = (
    kind(case_ref=CASE, determination_ref=ref("finding"), **MINE, kind="DECIDER")
    for kind in (screening.DeterminationAssigned, screening.DeterminationReleased)
)
LEADS = screening.InterviewAssigned(case_ref=CASE, interview_ref=ref("interview"), **MINE, kind="SCREENING")
STOPPED = screening.InterviewVoided(case_ref=CASE, interview_ref=ref("interview"), reason="DUPLICATE")
ROWS: dict[str, tuple[str, tuple[Event, ...], set[str]]] = {
    "a team": ("intake", (OPENED, WORKS), {"HOLDER", "TEAM"}),
    "released": ("intake", (OPENED, WORKS, LEFT), {"HOLDER"}),
    "transferred": ("intake", (OPENED, WORKS, GUEST, TAKEN, LEFT), {"HOLDER", "AUTHORITY"}),
    "broken glass": ("intake", (OPENED, BROKEN), {"HOLDER", "GLASS"}),
    "mended": ("intake", (OPENED, BROKEN, MENDED), {"HOLDER"}),
    "broken again": ("intake", (OPENED, BROKEN, MENDED, BROKEN), {"HOLDER", "GLASS"}),
    "broken and transferred": ("intake", (OPENED, BROKEN, TAKEN), {"HOLDER"}),
    "a reading by two people": ("intake", (OPENED, SEEN), {"HOLDER", "C4_READING"}),
    "a reading that ended": ("intake", (OPENED, SEEN, UNSEEN), {"HOLDER"}),
    "a reading and a transfer": ("intake", (OPENED, SEEN, TAKEN), {"HOLDER"}),
    "on a panel": ("screening", (ASKED,), {"PANEL"}),
    "a panel that decided": ("screening", (ASKED, FREED), set()),
    "deciding": ("screening", (DECIDES,), {"DECIDER"}),
    "decided": ("screening", (DECIDES, DECIDED), set()),
    "an interview that ended": ("screening", (DECIDES, LEADS, STOPPED), {"DECIDER"}),
}


def _left(journey: Journey, source: str, facts: tuple[Event, ...]) -> dict[str, datetime | None]:
    subject = f"case/{CASE}"
    said = [Said(source, subject, at, fact.type, canonical(fact), AT) for at, fact in enumerate(facts, 1)]
    parts = told_again(journey, Stream(source, subject), said).relations.values()
    return {part.kind: part.until for part in parts if part is not None}


@pytest.mark.parametrize("journey", [INTAKE, SCREENING, REFERRALS, GRANTS], ids=lambda journey: journey.source)
@pytest.mark.parametrize("row", ROWS)
def test_a_part_ends_with_its_fact_in_every_service(row: str, journey: Journey) -> None:
    source, facts, left = ROWS[row]
    assert _left(journey, source, facts).keys() == left


def test_broken_glass_ends_an_hour_after_its_fact_was_recorded_whenever_it_is_heard() -> None:
    assert _left(GRANTS, "intake", (OPENED, BROKEN)) == {"HOLDER": None, "GLASS": AT + timedelta(hours=1)}
    assert _left(GRANTS, "intake", (OPENED, SEEN)) == {"HOLDER": None, "C4_READING": AT + timedelta(hours=1)}
