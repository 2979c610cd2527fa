"""Reads of consents. A page of one case shows everything that was ever agreed to or refused."""

from typing import Any

from services.intake.consents.domain import STATUSES, Consent, Status
from services.intake.consents.schemas import ConsentRead
from services.intake.consents.tables import ConsentRow
from services.intake.persons.schemas import shown
from shared.auth import Caller, authorise
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C2
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows


def _read(reader: Reader, caller: Caller, row: Row, **more: Any) -> ConsentRead:
    subject = f"case/{row['case_ref']}"
    return shown(row, Consent, STATUSES, ConsentRead, may=lambda mark: reader.can(caller, mark, subject), **more)


@shows("intake.consent.read", subjects=case_of(ConsentRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ConsentRead:
    """One consent, with the witness for who works on the case."""
    row = reader.peek(ConsentRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "intake.consent.read", subject)
    witness = reader.open(ConsentRow, row, "witness") if reader.can(caller, C2, subject) else None
    return _read(reader, caller, row, witness=None if witness is None else witness.name)


@shows("intake.consent.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    purpose: ConsentPurpose | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[ConsentRead]:
    """Consents, oldest first."""
    authorise(reader, caller, "intake.consent.list")
    filters = {"status": status, "case_ref": case_ref, "purpose": purpose, "organisation_ref": organisation_ref}
    rows, following = reader.page(ConsentRow, page, **filters)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
