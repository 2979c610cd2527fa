"""When somebody left an organisation: what they had here is given back, and people are called to what waits since.

For a service's own reaction to that fact. Nothing of theirs has opened anything since it was heard; giving it back
tells everybody who works on what, and lets it be given anew to whoever comes back.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from shared.auth.leaving import GONE
from shared.ids import OrganisationRef, StaffRef
from shared.journey.attention import settle
from shared.journey.todos import Attention
from shared.writing.unit import Unit

NOBODY = "nobody_works_on_it"
"""The deadline that calls people: each service has one by this name."""
SOON = timedelta(seconds=1)


def left_behind(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> Sequence[str]:
    """The subjects of what somebody had at an organisation by our own facts, and that counts no more.

    What they were given since they came back stays, should this run late.
    """
    part = unit.kept.ledger.relation
    theirs = select(part).where(part.c.staff_ref == staff_ref, part.c.organisation_ref == organisation_ref)
    rows = unit.connection.execute(theirs).all()
    back = max((row.until for row in rows if row.kind == GONE and row.until is not None), default=None)
    if any(row.kind == GONE and row.until is None for row in rows):
        back = None
    own = (row for row in rows if row.source == unit.kept.name and row.kind != GONE and row.until is None)
    return sorted({row.subject for row in own if back is None or row.since is None or row.since <= back})


def call_people(unit: Unit, subject: str, ref: str) -> None:
    """Nobody is left who works on this: unless somebody is named at once, people are told."""
    unit.later(NOBODY, subject, unit.now + SOON, {"ref": ref})


def called(waits: bool) -> Attention | None:
    """What the deadline ends as, if the thing still waits for somebody then."""
    return Attention("nobody_works_on_it") if waits else None


def answered(unit: Unit, subject: str, ref: str) -> None:
    """Somebody is named for it: what people were called to is done."""
    settle(unit.connection, unit.kept.ledger, (subject, NOBODY, ref), unit.caller.staff_ref, unit.now)
