"""Given a hand-over and its lines, when a command comes, then these facts, or this refusal."""

from dataclasses import replace
from datetime import date, timedelta

from services.intake.handovers.commands import (
    AnnounceHandover,
    ArriveHandover,
    CancelHandover,
    CloseHandover,
    ConfirmHandover,
    CorrectHandover,
    PostponeHandover,
    ReconcileHandover,
    VoidHandover,
)
from services.intake.handovers.domain import decide
from services.intake.handovers.state import Count, Facts, Status
from services.intake.lines.commands import AnswerLine, ListLine
from services.intake.lines.state import AsReceived
from shared.contracts.intake import NationalityAnswer
from shared.testing import ref
from tests.unit.intake.given import DAY, ORGANISATION, STAFF, refused, told

FACTS = Facts(handover_ref=ref("group"), day=DAY, organisation_ref=ORGANISATION, by=STAFF)
LINES = tuple(ListLine(number=number, as_received=AsReceived(full_name="Xốc Xa Rây")) for number in (1, 2, 3))
ANNOUNCE = AnnounceHandover(country="VN", gate="BAVET_MOC_BAI", planned_day=DAY, lines=LINES)
ANNOUNCED = decide(None, ANNOUNCE, FACTS).state
ARRIVE = ArriveHandover(gate="BAVET_MOC_BAI", head_count=3)
ARRIVED = decide(ANNOUNCED, ARRIVE, FACTS).state
CONFIRM = ConfirmHandover(lines=(AnswerLine(line_ref=ref("line"), nationality=NationalityAnswer.CONFIRMED),))


def with_lines(**counts: int) -> Facts:
    return replace(FACTS, count=Count(**counts))


def test_a_list_is_announced_once() -> None:
    assert told(decide(None, ANNOUNCE, FACTS)) == ["handover.announced"]
    assert ANNOUNCED.announced == 3
    with refused("not_allowed_in_status"):
        decide(ANNOUNCED, ANNOUNCE, FACTS)
    with refused("line_number_twice"):
        decide(None, ANNOUNCE.but(lines=(*LINES, LINES[0])), FACTS)


def test_the_consulate_has_answered_when_every_line_has_an_answer() -> None:
    assert told(decide(ANNOUNCED, CONFIRM, with_lines(listed=3, confirmed=1, unclear=1))) == []
    confirmed = decide(ANNOUNCED, CONFIRM, with_lines(listed=3, confirmed=1, unclear=1, refused=1))
    assert told(confirmed) == ["handover.confirmed"]
    assert confirmed.state.status is Status.CONFIRMED
    for status in (Status.ARRIVED, Status.RECONCILED):
        late = decide(ARRIVED.but(status=status), CONFIRM, with_lines(listed=3, confirmed=3))
        assert late.state.status is status


def test_no_answer_of_the_consulate_keeps_a_group_from_arriving() -> None:
    arrived = decide(ANNOUNCED, ARRIVE, FACTS)
    assert told(arrived) == ["handover.arrived"]
    assert (arrived.state.receiver_ref, arrived.state.host_ref) == (FACTS.organisation_ref, None)
    named = decide(arrived.state.but(status=Status.POSTPONED), ARRIVE.but(host_ref=ref("centre")), FACTS)
    assert (told(named), named.state.host_ref) == (["handover.arrived"], ref("centre"))
    assert told(decide(named.state, ARRIVE, FACTS)) == [], "who does not say it anew leaves the host as it is"
    assert told(decide(ARRIVED, ARRIVE, FACTS)) == []
    with refused("not_allowed_in_status"):
        decide(ARRIVED, ARRIVE.but(head_count=4), FACTS)


def test_h13_every_line_has_an_answer_and_the_heads_agree() -> None:
    everything = ReconcileHandover()
    with refused("lines_without_answer"):
        decide(ARRIVED, everything, with_lines(listed=1, present=2))
    with refused("count_differs"):
        decide(ARRIVED, everything, with_lines(present=2, absent=1))
    settled = with_lines(present=2, absent=1, added=1)
    reconciled = decide(ARRIVED, everything, settled)
    assert told(reconciled) == ["handover.reconciled"]
    assert reconciled.events[0].model_dump(exclude={"handover_ref"}) == {
        "announced": 3, "present": 2, "absent": 1, "added": 1,
    }  # fmt: skip
    assert told(decide(reconciled.state, everything, settled)) == []
    closed = decide(reconciled.state, CloseHandover(), FACTS)
    assert told(closed) == ["handover.closed"]
    assert told(decide(closed.state, CloseHandover(), FACTS)) == []


def test_who_came_is_settled_after_they_came() -> None:
    early = replace(with_lines(present=3), day=DAY - timedelta(days=1))
    with refused("before_arrival"):
        decide(ARRIVED, ReconcileHandover(), early)
    reconciled = decide(ARRIVED, ReconcileHandover(), with_lines(present=3)).state
    with refused("before_arrival"):
        decide(reconciled, CloseHandover(), early)


def test_a_group_may_come_later_or_not_at_all() -> None:
    later = decide(ANNOUNCED, PostponeHandover(reason="PAPERS"), FACTS)
    assert told(later) == ["handover.postponed"]
    assert later.state.planned_day == DAY
    day = date(2026, 11, 9)
    assert decide(ANNOUNCED, PostponeHandover(reason="PAPERS", planned_day=day), FACTS).state.planned_day == day
    cancelled = decide(later.state, CancelHandover(reason="HEALTH"), FACTS)
    assert told(cancelled) == ["handover.cancelled"]
    assert told(decide(cancelled.state, CancelHandover(reason="HEALTH"), FACTS)) == []


def test_gate_day_and_heads_are_put_right_while_they_are_open() -> None:
    assert told(decide(ANNOUNCED, CorrectHandover(gate="OTHER_UNKNOWN"), FACTS)) == ["handover.corrected"]
    assert told(decide(ANNOUNCED, CorrectHandover(), FACTS)) == []
    for status in (Status.ARRIVED, Status.RECONCILED):
        assert decide(ARRIVED.but(status=status), CorrectHandover(head_count=4), FACTS).state.head_count == 4
    with refused("heads_not_open"):
        decide(ANNOUNCED, CorrectHandover(head_count=4), FACTS)


def test_a_handover_entered_in_error_is_void() -> None:
    voided = decide(ANNOUNCED, VoidHandover(reason="PRACTICE"), FACTS)
    assert told(voided) == ["handover.voided"]
    with refused("not_allowed_in_status"):
        decide(voided.state, ARRIVE, FACTS)
