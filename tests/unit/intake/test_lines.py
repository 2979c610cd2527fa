"""Given a line, when the consulate or the gate speaks, then this fact, or this refusal."""

from services.intake.cases.detention import Detention
from services.intake.lines.commands import (
    AddLine,
    AnswerLine,
    CorrectLine,
    ListLine,
    Outcome,
    ReconcileLine,
    VoidLine,
)
from services.intake.lines.domain import decide
from services.intake.lines.state import AsReceived, Facts, ListedAs
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.testing import ref
from tests.unit.intake.given import STAFF, refused, told

ME = ref("line")
FACTS = Facts(handover_ref=ref("group"), line_ref=ME, by=STAFF, number=34)
LISTED = decide(
    None, ListLine(number=7, listed_as=ListedAs.ADULT, as_received=AsReceived(full_name="Lia Đa Ra")), FACTS
).state
ABSENT = ReconcileLine(line_ref=ME, outcome=Outcome.ABSENT, reason="HOSPITAL")
PRESENT = ReconcileLine(line_ref=ME, outcome=Outcome.PRESENT)


def test_a_listed_line_is_told_by_its_handover() -> None:
    assert (LISTED.status, LISTED.number, LISTED.listed_as) == (LineStatus.LISTED, 7, ListedAs.ADULT)


def test_the_consulate_answers_and_may_answer_otherwise_later() -> None:
    answer = AnswerLine(line_ref=ME, nationality=NationalityAnswer.UNCLEAR)
    unclear = decide(LISTED, answer, FACTS)
    assert told(unclear) == ["handover.line_answered"]
    assert told(decide(unclear.state, answer, FACTS)) == []
    assert told(decide(unclear.state, answer.but(nationality=NationalityAnswer.CONFIRMED), FACTS)) == [
        "handover.line_answered"
    ]


def test_an_absence_has_a_reason_and_a_presence_has_none() -> None:
    with refused("absence_without_reason"):
        decide(LISTED, ABSENT.but(reason=None), FACTS)
    with refused("presence_needs_no_reason"):
        decide(LISTED, PRESENT.but(reason="HOSPITAL"), FACTS)
    absent = decide(LISTED, ABSENT, FACTS)
    assert told(absent) == ["handover.line_reconciled"]
    assert told(decide(absent.state, ABSENT, FACTS)) == []
    assert decide(absent.state, PRESENT, FACTS).state.status is LineStatus.PRESENT


def test_somebody_without_a_line_gets_one_that_says_so() -> None:
    added = decide(None, AddLine(ref=ME, carried=True), FACTS)
    assert told(added) == ["handover.line_reconciled"]
    assert (added.state.status, added.state.number, added.state.carried) == (LineStatus.ADDED, 34, True)
    assert told(decide(added.state, VoidLine(reason="DUPLICATE"), FACTS)) == ["handover.line_voided"]
    with refused("not_allowed_in_status"):
        decide(LISTED, VoidLine(reason="DUPLICATE"), FACTS)


def test_what_stands_beside_the_paper_is_put_right() -> None:
    held = CorrectLine(detention=Detention(place="PRISON"))
    corrected = decide(LISTED, held, FACTS)
    assert told(corrected) == ["handover.line_corrected"]
    assert told(decide(corrected.state, held, FACTS)) == []
    assert decide(corrected.state, CorrectLine(detention=None), FACTS).state.detention is None
