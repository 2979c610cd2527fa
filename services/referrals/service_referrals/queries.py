"""Reads of requests and of what was given. A provider sees those addressed to their own organisation, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.referrals.service_referrals.commands import STATUSES
from services.referrals.service_referrals.schemas import DeliveryRead, ServiceReferralRead
from services.referrals.service_referrals.state import OPEN, WAITING, AnswerTiming, ServiceReferral, Status
from services.referrals.service_referrals.tables import DeliveryRow, ServiceReferralRow
from shared.auth import Caller, Role, authorise
from shared.clock import local_day
from shared.contracts.referrals import ServiceCode
from shared.errors import NotFound
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.model import FieldClass
from shared.reading import Between, Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown, on_case, returned
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows


def _addressed(caller: Caller, row: Row) -> bool:
    """Was the request sent to the caller's organisation? A draft is nobody's but the sender's."""
    return bool(row["asked_ref"] == caller.organisation_ref)


def _may(reader: Reader, caller: Caller, mark: FieldClass, row: Row) -> bool:
    """What the provider must know is shown to the team, and to that provider until the request ends."""
    addressed = mark is FieldClass.NARRATIVE and _addressed(caller, row) and row["status"] in OPEN
    return addressed or reader.can(caller, mark, on_case(row))


SHOWN = Shown(ServiceReferralRead, ServiceReferralRow, ServiceReferral, STATUSES, may=_may)


@shows("referrals.service_referral.read", subjects=case_of(ServiceReferralRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ServiceReferralRead:
    """One request, to the team and to the provider it was sent to."""
    row = reader.peek(ServiceReferralRow, ref)
    subject = Subject("case", row["case_ref"])
    authorise(reader, caller, "referrals.service_referral.read", subject)
    if not (_addressed(caller, row) or reader.related(caller, subject)):
        raise NotFound()
    return SHOWN.of(
        reader, caller, row, note=lambda: getattr(reader.open(ServiceReferralRow, row, "note"), "text", None)
    )


def _answer_due(asked: AnswerTiming | None, status: Sequence[Status] | None, as_of: date) -> dict[str, Any]:
    """The filter of requests by status and, when asked, by how their day to answer stands on that day."""
    if asked is None:
        return {"status": status}
    days = Between(low=as_of) if asked is AnswerTiming.DUE else Between(high=as_of)
    return {"status": tuple(WAITING & set(status or WAITING)), "respond_by": days}


@dataclass(frozen=True)
class Filters:
    """What requests are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    service: ServiceCode | None = None
    organisation_ref: OrganisationRef | None = None
    timing: AnswerTiming | None = None
    as_of: GivenDay | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.service_referral.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ServiceReferralRead]:
    """Requests, oldest first, without words; `day` and `month` are when they were sent."""
    authorise(reader, caller, "referrals.service_referral.list")
    return SHOWN.page(
        reader,
        caller,
        page,
        case_ref=asked.case_ref,
        service=asked.service,
        organisation_ref=asked.organisation_ref,
        asked_ref=caller.organisation_ref if caller.role is Role.SERVICE_PROVIDER else None,
        sent_on=within(asked.day, asked.month),
        **_answer_due(asked.timing, asked.status, asked.as_of or local_day(reader.now)),
    )


@dataclass(frozen=True)
class DeliveryFilters:
    """What deliveries are listed by."""

    case_ref: CaseRef | None = None
    service: ServiceCode | None = None
    service_referral_ref: Ref | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.delivery.list")
def deliveries(reader: Reader, caller: Caller, *, page: PageAsked, asked: DeliveryFilters) -> Page[DeliveryRead]:
    """What was given, oldest entry first; `day` and `month` are when."""
    authorise(reader, caller, "referrals.delivery.list")
    rows, following = reader.page(
        DeliveryRow,
        page,
        case_ref=asked.case_ref,
        service=asked.service,
        service_referral_ref=asked.service_referral_ref,
        delivered_on=within(asked.day, asked.month),
    )
    found = ((row, {name: row[name] for name in DeliveryRead.model_fields}) for row in rows)
    items = tuple(returned(reader, caller, DeliveryRead, on_case(row), values) for row, values in found)
    return Page(items=items, next_cursor=following)
