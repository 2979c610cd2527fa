"""Reads of requests and of what was given. A provider sees those addressed to their own organisation, and no others."""

from services.referrals.service_referrals.domain import OPEN, STATUSES, Delivery, ReferralNote, ServiceReferral, Status
from services.referrals.service_referrals.schemas import DeliveryRead, ServiceReferralRead
from services.referrals.service_referrals.tables import DeliveryRow, ServiceReferralRow
from shared.auth import Caller, Role, authorise
from shared.contracts.referrals import ServiceCode
from shared.errors import NotFound
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows


def _read(row: Row) -> ServiceReferralRead:
    fields = {name: row[name] for name in ("ref", "version", *ServiceReferral.model_fields)}
    return ServiceReferralRead.model_validate(fields | {"next": next_operations(STATUSES, row["status"])})


def _addressed(caller: Caller, row: Row) -> bool:
    """Was the request sent to the caller's organisation? A draft is nobody's but the sender's."""
    return bool(row["asked_ref"] == caller.organisation_ref)


@shows("referrals.service_referral.read", subjects=case_of(ServiceReferralRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ServiceReferralRead:
    """One request; what the provider must know is shown to the team, and to that provider until the request ends."""
    row = reader.peek(ServiceReferralRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "referrals.service_referral.read", subject)
    if not (_addressed(caller, row) or reader.related(caller, subject)):
        raise NotFound()
    shown = (_addressed(caller, row) and row["status"] in OPEN) or reader.can(caller, "C3", subject)
    found: ReferralNote | None = reader.open(ServiceReferralRow, row, "note") if shown else None
    return _read(row) if found is None else _read(row).but(note=found.text)


@shows("referrals.service_referral.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    service: ServiceCode | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[ServiceReferralRead]:
    """Requests, oldest first, without words."""
    authorise(reader, caller, "referrals.service_referral.list")
    rows, following = reader.page(
        ServiceReferralRow,
        page,
        status=status,
        case_ref=case_ref,
        service=service,
        organisation_ref=organisation_ref,
        asked_ref=caller.organisation_ref if caller.role is Role.SERVICE_PROVIDER else None,
    )
    return Page(items=tuple(_read(row) for row in rows), next_cursor=following)


@shows("referrals.delivery.list")
def deliveries(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    case_ref: CaseRef | None = None,
    service: ServiceCode | None = None,
    service_referral_ref: Ref | None = None,
) -> Page[DeliveryRead]:
    """What was given, oldest entry first."""
    authorise(reader, caller, "referrals.delivery.list")
    rows, following = reader.page(
        DeliveryRow, page, case_ref=case_ref, service=service, service_referral_ref=service_referral_ref
    )
    items = tuple(
        DeliveryRead.model_validate({name: row[name] for name in ("ref", *Delivery.model_fields)}) for row in rows
    )
    return Page(items=items, next_cursor=following)
