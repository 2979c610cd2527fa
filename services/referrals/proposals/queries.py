"""Reads of proposals, by those who look after the directory."""

from dataclasses import dataclass

from services.referrals.proposals.commands import STATUSES
from services.referrals.proposals.handlers import name_of, whose_name
from services.referrals.proposals.schemas import ProposalRead
from services.referrals.proposals.state import Proposal, Status
from services.referrals.proposals.tables import ProposalRow
from services.referrals.stewards.tables import OF_DIRECTORY
from shared.auth import Caller
from shared.ids import OrganisationRef, Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("referrals.proposal", ProposalRead, ProposalRow, Proposal, STATUSES, OF_DIRECTORY)


@shows("referrals.proposal.read", subjects=whose_name)
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProposalRead:
    """One proposal, with how the steward is called whom it is about."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, steward_name=lambda: name_of(reader, row))


@dataclass(frozen=True)
class Filters:
    """What proposals are listed by."""

    status: Several[Status] = None
    organisation_ref: OrganisationRef | None = None


@shows("referrals.proposal.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ProposalRead]:
    """Proposals, oldest first, without names of people."""
    return SHOWN.page(reader, caller, page, status=asked.status, organisation_ref=asked.organisation_ref)
