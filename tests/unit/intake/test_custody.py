"""Given a case that somebody holds, when it is offered, taken or worked on, then these facts, or this refusal."""

from datetime import timedelta
from typing import Any

from services.grants.journey import JOURNEY as GRANTS
from services.intake.cases.commands import (
    STATUSES,
    AcceptTransfer,
    AssignCase,
    DeclineTransfer,
    EndAccess,
    LetIn,
    OfferTransfer,
    OpenCase,
    ReleaseCase,
    VoidCase,
    WithdrawTransfer,
)
from services.intake.cases.domain import decide
from services.intake.cases.state import Case, Facts, Status, Worker
from services.intake.journey import JOURNEY as INTAKE
from services.referrals.journey import JOURNEY as REFERRALS
from services.screening.journey import JOURNEY as SCREENING
from shared.contracts.intake import CaseAssigned, CaseOpened, CaseReleased, CaseTransferAccepted
from shared.model import Decided
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, PERSON, STAFF, refused, told

ELSEWHERE = ref("elsewhere")
ME = Worker(staff_ref=STAFF, organisation_ref=ORGANISATION, kind="TEAM")
THEIRS = Worker(staff_ref=OTHER, organisation_ref=ELSEWHERE, kind="TEAM")
AUTHORITY: dict[str, Any] = {
    "staff_ref": ref("officer"),
    "organisation_ref": ref("social affairs"),
    "kind": "AUTHORITY",
}
FACTS = Facts(case_ref=CASE, day=DAY, by=ME, case_number="ABC-DEF-GHJK", today=DAY)
BY_THEM = Facts(case_ref=CASE, day=DAY, by=THEIRS, today=DAY)
OPENED = decide(None, OpenCase(person_ref=PERSON, country="VN"), FACTS).state
OFFER = OfferTransfer(organisation_ref=ELSEWHERE, reason="NEARER_HOME")
OFFERED = decide(OPENED, OFFER, FACTS).state


def _let_in(days: int, **who: Any) -> LetIn:
    named = {"staff_ref": OTHER, "organisation_ref": ELSEWHERE, "kind": "PLAN", **who}
    return LetIn(**named, until=DAY + timedelta(days=days))


def _released(decided: Decided[Case]) -> list[str]:
    return [event.staff_ref for event in decided.events if isinstance(event, CaseReleased)]


def test_a_case_is_offered_to_one_other_organisation_at_a_time() -> None:
    assert told(decide(OPENED, OFFER, FACTS)) == ["case.transfer_offered"]
    assert OFFERED.offered_to == ELSEWHERE and OFFERED.organisation_ref == ORGANISATION
    assert told(decide(OFFERED, OFFER, FACTS)) == []
    with refused("transfer_pending"):
        decide(OFFERED, OFFER.but(organisation_ref=ref("a third")), FACTS)
    with refused("transfer_to_holder"):
        decide(OPENED, OFFER.but(organisation_ref=ORGANISATION), FACTS)
    with refused("not_allowed_in_status"):
        decide(OPENED.but(status=Status.CLOSED), OFFER, FACTS)


def test_who_accepts_holds_it_and_the_team_before_is_released() -> None:
    worked = decide(OFFERED, AssignCase(**AUTHORITY), FACTS).state
    accepted = decide(worked, AcceptTransfer(), BY_THEM)
    assert told(accepted) == ["case.transfer_accepted", "case.released", "case.assigned"]
    assert _released(accepted) == [STAFF]
    assert accepted.state.organisation_ref == ELSEWHERE and accepted.state.offered_to is None
    assert accepted.state.workers == (Worker(**AUTHORITY), THEIRS)
    let_in = decide(worked, _let_in(5, kind="TEAM"), FACTS).state
    assert decide(let_in, AcceptTransfer(), BY_THEM).state.workers == (Worker(**AUTHORITY), THEIRS)


def test_an_offer_is_declined_or_withdrawn_and_the_case_stays() -> None:
    for command, fact in (
        (DeclineTransfer(), "case.transfer_declined"),
        (WithdrawTransfer(), "case.transfer_withdrawn"),
    ):
        ended = decide(OFFERED, command, FACTS)
        assert told(ended) == [fact]
        assert ended.state == OPENED
    for answer in (AcceptTransfer(), DeclineTransfer(), WithdrawTransfer()):
        with refused("transfer_not_offered"):
            decide(OPENED, answer, BY_THEM)


def test_somebody_of_elsewhere_works_on_it_until_the_end_of_a_day() -> None:
    come = decide(OPENED, _let_in(2), FACTS)
    assert told(come) == ["case.assigned"]
    [assigned] = [event for event in come.events if isinstance(event, CaseAssigned)]
    assert (assigned.staff_ref, assigned.kind) == (OTHER, "PLAN")
    longer = decide(come.state, _let_in(9), FACTS).state
    assert [worker.until for worker in longer.workers] == [None, DAY + timedelta(days=9)]
    after = Facts(case_ref=CASE, day=DAY, by=ME, today=DAY + timedelta(days=9))
    assert told(decide(longer, EndAccess(), after)) == []
    over = decide(longer, EndAccess(), Facts(case_ref=CASE, day=DAY, by=ME, today=DAY + timedelta(days=10)))
    assert (told(over), over.state.workers) == (["case.released"], (ME,))
    released = decide(longer, ReleaseCase(staff_ref=OTHER, organisation_ref=ELSEWHERE, kind="PLAN"), FACTS)
    assert released.state.workers == (ME,)
    with refused("nobody_left"):
        decide(longer, ReleaseCase(**ME.working.model_dump()), FACTS)


def test_whoever_is_in_the_team_is_not_given_an_end_and_a_void_case_has_nobody() -> None:
    mine = _let_in(2, staff_ref=STAFF, organisation_ref=ORGANISATION, kind="TEAM")
    assert told(decide(OPENED, mine, FACTS)) == []
    voided = decide(OFFERED, VoidCase(reason="DUPLICATE"), FACTS).state
    assert (voided.workers, voided.offered_to) == ((), None)
    assert told(decide(voided, EndAccess(), FACTS)) == []
    with refused("not_allowed_in_status"):
        decide(voided, AcceptTransfer(), BY_THEM)
    assert not {"LetIn", "EndAccess"} & set(STATUSES.next(Status.OPEN))


def test_every_service_takes_the_holder_from_intake() -> None:
    opened = CaseOpened(case_ref=CASE, organisation_ref=ORGANISATION, country="VN", is_minor=True, opened=DAY)
    taken = CaseTransferAccepted(case_ref=CASE, organisation_ref=ELSEWHERE)
    for journey in (INTAKE, SCREENING, REFERRALS, GRANTS):
        facet = journey.facets["intake"]
        seen: Any = facet.steps[CaseOpened](facet.model(), opened)
        after: Any = facet.steps[CaseTransferAccepted](seen, taken)
        assert (seen.organisation_ref, after.organisation_ref) == (ORGANISATION, ELSEWHERE), journey.source
