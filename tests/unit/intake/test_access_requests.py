"""Given a request for access, when its case is looked for and its holder answers, then this fact, or this refusal."""

from dataclasses import replace
from datetime import timedelta

from services.intake.access_requests.commands import AskAccess, GrantAccess, LookForCase, RefuseAccess
from services.intake.access_requests.domain import decide
from services.intake.access_requests.state import Facts, Status
from shared.ids import case_number
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, STAFF, refused, told

FACTS = Facts(request_ref=ref("request"), today=DAY, by=STAFF, organisation_ref=ORGANISATION)
FOUND = replace(FACTS, case_ref=CASE)
ASK = AskAccess(case_number=case_number(CASE), kind="PLAN", reason="HEALTH")
ASKED = decide(None, ASK, FACTS).state
KNOWN = decide(ASKED, LookForCase(), FOUND).state


def test_a_request_is_taken_and_tells_nobody_until_its_case_is_found() -> None:
    taken = decide(None, ASK, FACTS)
    assert (taken.events, taken.own_matter, taken.state.status) == ((), True, Status.ASKED)
    assert told(decide(ASKED, LookForCase(), FOUND)) == ["case.access_requested"]
    nothing = decide(ASKED, LookForCase(), FACTS)
    assert (nothing.events, nothing.own_matter, nothing.state.looked_for) == ((), True, True)
    assert not decide(nothing.state, LookForCase(), FACTS).own_matter
    with refused("not_allowed_in_status"):
        decide(ASKED, ASK, FACTS)


def test_access_is_granted_for_at_most_thirty_days_and_may_be_renewed() -> None:
    granted = decide(KNOWN, GrantAccess(until=DAY + timedelta(days=30)), FACTS)
    assert told(granted) == ["case.access_granted"]
    assert (granted.state.status, granted.state.until) == (Status.GRANTED, DAY + timedelta(days=30))
    later = replace(FACTS, today=DAY + timedelta(days=29))
    assert told(decide(granted.state, GrantAccess(until=DAY + timedelta(days=59)), later)) == ["case.access_granted"]
    with refused("access_too_long"):
        decide(KNOWN, GrantAccess(until=DAY + timedelta(days=31)), FACTS)
    with refused("access_ended_already"):
        decide(KNOWN, GrantAccess(until=DAY - timedelta(days=1)), FACTS)


def test_what_is_refused_is_refused() -> None:
    no = decide(KNOWN, RefuseAccess(), FACTS)
    assert told(no) == ["case.access_refused"]
    assert told(decide(no.state, RefuseAccess(), FACTS)) == []
    with refused("not_allowed_in_status"):
        decide(no.state, GrantAccess(until=DAY), FACTS)
