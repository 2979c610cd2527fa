"""Who has a part in what, as facts make and end it. A kind is a row here and a row in `shared/auth/policy.toml`.

A worker's part is made and ended by the fact that names them. What a whole organisation has, what shuts everybody out,
and what ends with a duty stand in the tables below, by the fact that says so. Parts are rows, and gone when ended. One
that ends by itself is judged by the clock as well: it opens nothing afterwards, however late the fact of its end.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
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


HOLDER, VOIDED, BARRED, GLASS, C4_READING = "HOLDER", "VOIDED", "BARRED", "GLASS", "C4_READING"
HOSTS, INFORMED, STEWARD, ERASED = "HOSTS", "INFORMED", "STEWARD", "ERASED"
GRANT_DUTIES = frozenset({"GRANT", "ASSESSOR", "COMMITTEE", "DISBURSER", "RECONCILER"})

ENDS: Mapping[type[Event], frozenset[str]] = {
    intake.CaseTransferAccepted: frozenset({HOLDER, GLASS, C4_READING}),
    intake.StayAdmitted: frozenset({HOSTS}),  # of where they were expected; they are hosted where they came
    intake.StayDeparted: frozenset({HOSTS}),
    intake.StayHandedOver: frozenset({HOSTS}),
    intake.StayLeftEarly: frozenset({HOSTS}),
    intake.StayVoided: frozenset({HOSTS}),
    intake.CaseClosed: frozenset({INFORMED}),
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
        case intake.CaseVoided() | intake.CaseErased() | intake.PersonErased():
            shut = VOIDED if isinstance(event, intake.CaseVoided) else ERASED
            yield Relation(subject, source, EVERYBODY, EVERYBODY, shut), True
        case intake.CaseConflictDeclared() | intake.CaseConflictEnded():
            # Of the person, for whomever they work.
            part = Relation(subject, source, event.staff_ref, EVERYBODY, BARRED)
            yield part, isinstance(event, intake.CaseConflictDeclared)
        case intake.CaseGlassBroken() | intake.CaseGlassEnded():
            part = _timed(subject, source, event, GLASS, recorded, intake.GLASS_HOLDS)
            yield part, isinstance(event, intake.CaseGlassBroken)
        case intake.CaseReadingOpened() | intake.CaseReadingEnded():
            part = _timed(subject, source, event, C4_READING, recorded, intake.C4_READING_HOLDS)
            yield part, isinstance(event, intake.CaseReadingOpened)
        case intake.CaseInformed() | intake.CaseInformingEnded():
            part = Relation(subject, source, EVERYBODY, event.organisation_ref, INFORMED)
            yield part, isinstance(event, intake.CaseInformed)
        case intake.StayExpected() | intake.StayAdmitted() | intake.StayFound() | intake.StayVoided():
            host = event.organisation_ref if isinstance(event, STAYS) else event.host_ref
            if host is not None:
                yield Relation(subject, source, EVERYBODY, host, HOSTS), True
        case intake.StayCorrected(moved_from=before) if before is not None:
            yield Relation(subject, source, EVERYBODY, before, HOSTS), False
            yield Relation(subject, source, EVERYBODY, event.organisation_ref, HOSTS), True
        case referrals.StewardAppointed() | referrals.StewardRemoved():
            part = Relation(subject, source, event.staff_ref, event.organisation_ref, STEWARD, since=recorded)
            yield part, isinstance(event, referrals.StewardAppointed)
        case referrals.StaffLeft() | referrals.StaffReturned():
            # Kept for good: what somebody had before they came back never counts again.
            back = recorded if isinstance(event, referrals.StaffReturned) else None
            yield Relation(subject, source, event.staff_ref, event.organisation_ref, GONE, back), True


Timed = intake.CaseGlassBroken | intake.CaseGlassEnded | intake.CaseReadingOpened | intake.CaseReadingEnded


def _timed(subject: str, source: str, event: Timed, kind: str, since: datetime, lasts: timedelta) -> Relation:
    """A part that ends by itself."""
    return Relation(subject, source, event.staff_ref, event.organisation_ref, kind, since + lasts, since)


STAYS = intake.StayExpected, intake.StayAdmitted
MAKING = (
    Assigned,
    Released,
    intake.CaseOpened,
    intake.CaseTransferAccepted,
    intake.CaseVoided,
    intake.CaseErased,
    intake.PersonErased,
    intake.CaseConflictDeclared,
    intake.CaseConflictEnded,
    intake.CaseGlassBroken,
    intake.CaseGlassEnded,
    intake.CaseReadingOpened,
    intake.CaseReadingEnded,
    intake.CaseInformed,
    intake.CaseInformingEnded,
    intake.StayExpected,
    intake.StayAdmitted,
    intake.StayFound,
    intake.StayCorrected,
    intake.StayVoided,
    referrals.StewardAppointed,
    referrals.StewardRemoved,
    referrals.StaffLeft,
    referrals.StaffReturned,
)
"""The facts that `made` knows: no other is opened for it."""
