"""Given a request to be forgotten, when it is answered, then this fact or this refusal; and what the clocks say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intake.erasures.commands import (
    AcknowledgeErasure,
    AskErasure,
    ConfirmErasure,
    DecideErasure,
    LiftHold,
)
from services.intake.erasures.domain import decide
from services.intake.erasures.state import Facts, Status
from shared.contracts.intake import ErasureOutcome
from shared.errors import Invalid
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, STAFF, refused, told

PERSON, LINE, ERASURE = ref("person"), ref("line"), ref("erasure")
FACTS = Facts(erasure_ref=ERASURE, today=DAY, by=STAFF, organisation_ref=ORGANISATION, cases=(CASE,), lines=(LINE,))
OFFICER = replace(FACTS, by=ref("privacy officer"))
ASK = AskErasure(person_ref=PERSON, asked_on=DAY)
ASKED = decide(None, ASK, FACTS).state


def answer(outcome: ErasureOutcome = ErasureOutcome.EXECUTED, **said: Any) -> DecideErasure:
    return DecideErasure(outcome=outcome, ground="PERSON_ASKED", **said)


def test_a_request_has_the_clocks_of_the_law_and_is_acknowledged_once() -> None:
    assert told(decide(None, ASK, FACTS)) == ["erasure.requested"]
    assert (ASKED.status, ASKED.answer_by) == (Status.ASKED, DAY + timedelta(days=20))
    assert DAY < ASKED.acknowledge_by <= DAY + timedelta(days=4)
    known = decide(ASKED, AcknowledgeErasure(), OFFICER)
    assert (known.events, known.own_matter, known.state.acknowledged) == ((), True, True)
    assert not decide(known.state, AcknowledgeErasure(), OFFICER).own_matter


def test_nobody_asks_tomorrow_or_twice_at_once() -> None:
    with pytest.raises(Invalid, match="in_the_future"):
        decide(None, AskErasure(person_ref=PERSON, asked_on=DAY + timedelta(days=1)), FACTS)
    with refused("erasure_asked_already"):
        decide(None, ASK, replace(FACTS, others=(ASKED,)))


def test_another_person_decides_and_the_execution_names_what_it_reaches() -> None:
    with refused("erasure_second_person"):
        decide(ASKED, answer(), FACTS)
    executed = decide(ASKED, answer(), OFFICER)
    assert told(executed) == ["erasure.decided"]
    assert (executed.state.status, executed.state.cases, executed.state.lines) == (Status.EXECUTED, (CASE,), (LINE,))
    partly = decide(ASKED, answer(ErasureOutcome.PARTLY_EXECUTED), OFFICER).state
    assert (partly.status, partly.cases, partly.lines) == (Status.PARTLY_EXECUTED, (CASE,), ())
    no = decide(ASKED, answer(ErasureOutcome.REFUSED), OFFICER).state
    assert (no.status, no.cases) == (Status.REFUSED, ())


def test_a_day_is_named_exactly_where_it_is_put_off_and_lies_ahead() -> None:
    later = DAY + timedelta(days=90)
    put_off = decide(ASKED, answer(ErasureOutcome.DEFERRED, until=later), OFFICER).state
    assert (put_off.status, put_off.until) == (Status.DEFERRED, later)
    for wrong in (answer(until=later), answer(ErasureOutcome.DEFERRED), answer(ErasureOutcome.DEFERRED, until=DAY)):
        with refused("erasure_until_a_day"):
            decide(ASKED, wrong, OFFICER)


def test_nothing_is_destroyed_under_a_legal_hold_of_any_request_until_it_is_lifted() -> None:
    hold = answer(ErasureOutcome.DEFERRED, until=DAY + timedelta(days=90), hold_ref=ref("hold"))
    held = decide(ASKED, hold, OFFICER).state
    with refused("erasure_on_hold"):
        decide(held, answer(), OFFICER)
    with refused("erasure_on_hold"):
        decide(ASKED, answer(), replace(OFFICER, others=(held,)))
    lifted = decide(held, LiftHold(), OFFICER)
    assert told(lifted) == ["erasure.hold_lifted"]
    assert decide(lifted.state, answer(), OFFICER).state.status is Status.EXECUTED
    with refused("erasure_without_hold"):
        decide(lifted.state, LiftHold(), OFFICER)


def test_what_a_service_destroyed_counts_once_however_often_it_says_so() -> None:
    executed = decide(ASKED, answer(), OFFICER).state
    said = ConfirmErasure(service="grants", subject=f"case/{CASE}", rows=2, keys=1)
    once = decide(executed, said, OFFICER)
    assert (once.own_matter, len(once.state.confirmed)) == (True, 1)
    assert not decide(once.state, said, OFFICER).own_matter
    other = ConfirmErasure(service="referrals", subject=f"case/{CASE}", rows=0, keys=0)
    assert [one.service for one in decide(once.state, other, OFFICER).state.confirmed] == ["grants", "referrals"]
