"""What may be asked of a request for access, and which of it each status allows."""

from datetime import date

from services.intake.access_requests.state import AccessReason, CaseNumber, Status
from shared.contracts.leaves import RelationKind
from shared.ids import Ref
from shared.model import C0, Command, StatusTable


class AskAccess(Command):
    """Ask to work on the case of this number, as what, and why."""

    ref: Ref | None = None
    case_number: C0[CaseNumber]
    kind: RelationKind
    reason: AccessReason


class LookForCase(Command):
    """Whether there is a case of that number. Given by the service itself, a moment later."""


class GrantAccess(Command):
    """They work on it until the end of this day. Given again, it is renewed."""

    until: date


class RefuseAccess(Command):
    """They do not."""


AccessCommand = AskAccess | LookForCase | GrantAccess | RefuseAccess

STATUSES = StatusTable(
    "access_request",
    opening=frozenset({AskAccess}),
    allowed={
        Status.ASKED: frozenset({LookForCase, GrantAccess, RefuseAccess}),
        Status.GRANTED: frozenset({GrantAccess}),
        Status.REFUSED: frozenset(),
    },
    inner=frozenset({LookForCase}),
)
