"""Reads of requests and of what was given. A provider sees those addressed to their own organisation, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.referrals.service_referrals.commands import STATUSES
from services.referrals.service_referrals.schemas import DeliveryRead, ServiceReferralRead
from services.referrals.service_referrals.sharing import shared
from services.referrals.service_referrals.state import WAITING, AnswerTiming, ServiceReferral, Status
from services.referrals.service_referrals.tables import REQUEST, UNTOLD, DeliveryRow, ServiceReferralRow
from shared.auth import Caller, admit
from shared.clock import local_day
from shared.contracts.referrals import ServiceCode
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.reading import Between, Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown, returned, visible
from shared.writing.handling import case_of, shows

DELIVERY = "referrals.delivery.read"
SHOWN = Shown("referrals.service_referral", ServiceReferralRead, ServiceReferralRow, ServiceReferral, STATUSES, REQUEST)


@shows("referrals.service_referral.read", subjects=case_of(ServiceReferralRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ServiceReferralRead:
    """One request, to the team and to the provider it was sent to."""
    row = SHOWN.one(reader, caller, ref)
    # After the consent to share has ended the provider goes on with what it may do, and is told nothing more.
    shown = SHOWN if shared(reader, row) else replace(SHOWN, belonging=UNTOLD)
    return shown.of(
        reader, caller, row, note=lambda: getattr(reader.open(ServiceReferralRow, row, "note"), "text", None)
    )


def _answer_due(asked: AnswerTiming | None, status: Sequence[Status] | None, as_of: date) -> dict[str, Any]:
    """The filter of requests by status and, when asked, by how their day to answer stands on that day."""
    if asked is None:
        return {"status": status}
    return {"status": tuple(WAITING & set(status or WAITING)), "respond_by": _standing(asked, as_of)}


def _standing(asked: AnswerTiming | None, as_of: date) -> Between | None:
    if asked is None:
        return None
    return Between(low=as_of) if asked is AnswerTiming.DUE else Between(high=as_of)


@dataclass(frozen=True)
class Filters:
    """What requests are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    service: ServiceCode | None = None
    organisation_ref: OrganisationRef | None = None
    timing: AnswerTiming | None = None
    withdrawal: AnswerTiming | None = None
    as_of: GivenDay | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.service_referral.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ServiceReferralRead]:
    """Requests, oldest first, without words; `day` and `month` are when they were sent."""
    as_of = asked.as_of or local_day(reader.now)
    return SHOWN.page(
        reader,
        caller,
        page,
        case_ref=asked.case_ref,
        service=asked.service,
        organisation_ref=asked.organisation_ref,
        sent_on=within(asked.day, asked.month),
        acknowledge_by=_standing(asked.withdrawal, as_of),
        **_answer_due(asked.timing, asked.status, as_of),
    )


@dataclass(frozen=True)
class DeliveryFilters:
    """What deliveries are listed by."""

    case_ref: CaseRef | None = None
    service: ServiceCode | None = None
    service_referral_ref: Ref | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.delivery.read")
def deliveries(reader: Reader, caller: Caller, *, page: PageAsked, asked: DeliveryFilters) -> Page[DeliveryRead]:
    """What was given, oldest entry first; `day` and `month` are when."""
    admit(reader, caller, DELIVERY)
    rows, following = reader.page(
        DeliveryRow,
        page,
        visible(reader, caller, DELIVERY, DeliveryRow),
        case_ref=asked.case_ref,
        service=asked.service,
        service_referral_ref=asked.service_referral_ref,
        delivered_on=within(asked.day, asked.month),
    )
    found = ((row, {name: row[name] for name in DeliveryRead.model_fields}) for row in rows)
    items = tuple(
        returned(reader, caller, DeliveryRead, Subject("case", row["case_ref"]), values) for row, values in found
    )
    return Page(items=items, next_cursor=following)
