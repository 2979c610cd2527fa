"""Who has a part in what, as facts make and end it. A kind is a row here and a row in `shared/auth/policy.toml`.

A worker's part is made and ended by the fact that names them. What a whole organisation has, what shuts everybody out,
and what ends with a duty stand in the tables below, by the fact that says so. Parts are rows, and gone when ended. One
that ends by itself is judged by the clock as well: it opens nothing afterwards, however late the fact of its end.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from shared.auth.deciding import EVERYBODY
from shared.auth.leaving import GONE
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.leaves import Assigned, Released
from shared.model import Event


class Relation(NamedTuple):
    """Somebody has a part in a subject, as that source says; `until` a moment, if it is one that ends by itself.

    A part of a person at an organisation is had `since` the recording of the fact that made it last.
    """

    subject: str
    source: str
    staff_ref: str
    organisation_ref: str
    kind: str
    until: datetime | None = None
    since: datetime | None = None

    @property
    def itself(self) -> "Relation":
        """Whose part in what, whenever they have it."""
        return self._replace(until=None, since=None)


HOLDER, VOIDED, BARRED, GLASS = "HOLDER", "VOIDED", "BARRED", "GLASS"
GRANT_DUTIES = frozenset({"GRANT", "ASSESSOR", "COMMITTEE", "DISBURSER", "RECONCILER"})

ENDS: Mapping[type[Event], frozenset[str]] = {
    intake.CaseTransferAccepted: frozenset({HOLDER, GLASS}),
    screening.InterviewCompleted: frozenset({"SCREENING"}),
    screening.InterviewRefused: frozenset({"SCREENING"}),
    screening.InterviewStopped: frozenset({"SCREENING"}),
    screening.InterviewVoided: frozenset({"SCREENING"}),
    grants.ApplicationRejected: GRANT_DUTIES,
    grants.ApplicationCompleted: GRANT_DUTIES,
    grants.ApplicationTerminated: GRANT_DUTIES,
    grants.ApplicationCancelled: GRANT_DUTIES,
    grants.ApplicationVoided: GRANT_DUTIES,
}
"""The duties that are over with a fact, for whoever had one by the same source."""


def made(subject: str, source: str, event: Event, recorded: datetime) -> Iterator[tuple[Relation, bool]]:
    """The parts that a fact makes (True) or ends (False)."""
    match event:
        case Assigned() | Released():
            part = Relation(subject, source, event.staff_ref, event.organisation_ref, event.kind, since=recorded)
            yield part, isinstance(event, Assigned)
        case intake.CaseOpened() | intake.CaseTransferAccepted():
            yield Relation(subject, source, EVERYBODY, event.organisation_ref, HOLDER), True
        case intake.CaseVoided():
            yield Relation(subject, source, EVERYBODY, EVERYBODY, VOIDED), True
        case intake.CaseConflictDeclared() | intake.CaseConflictEnded():
            # Of the person, for whomever they work.
            part = Relation(subject, source, event.staff_ref, EVERYBODY, BARRED)
            yield part, isinstance(event, intake.CaseConflictDeclared)
        case intake.CaseGlassBroken() | intake.CaseGlassEnded():
            over = recorded + intake.GLASS_HOLDS
            part = Relation(subject, source, event.staff_ref, event.organisation_ref, GLASS, over, recorded)
            yield part, isinstance(event, intake.CaseGlassBroken)
        case referrals.StaffLeft() | referrals.StaffReturned():
            # Kept for good: what somebody had before they came back never counts again.
            back = recorded if isinstance(event, referrals.StaffReturned) else None
            yield Relation(subject, source, event.staff_ref, event.organisation_ref, GONE, back), True


MAKING = (
    Assigned,
    Released,
    intake.CaseOpened,
    intake.CaseTransferAccepted,
    intake.CaseVoided,
    intake.CaseConflictDeclared,
    intake.CaseConflictEnded,
    intake.CaseGlassBroken,
    intake.CaseGlassEnded,
    referrals.StaffLeft,
    referrals.StaffReturned,
)
"""The facts that `made` knows: no other is opened for it."""
