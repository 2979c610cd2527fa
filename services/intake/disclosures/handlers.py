"""What intake remembers of requests for a service, and which organisation may be told of a person for one."""

from services.intake.cases.tables import CaseRow
from services.intake.consents.state import Consent, Status
from services.intake.consents.tables import ConsentRow
from services.intake.disclosures.state import Family, Request
from services.intake.disclosures.tables import RequestRow
from services.intake.facets import Existence, IntakeFacet, PlanView, ReferralsFacet, ScreeningFacet
from services.intake.households.state import Household
from services.intake.households.tables import HouseholdRow
from shared.clock import local_day
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.reading import Reader, Reading
from shared.storage.tables import state_of
from shared.writing.unit import Unit

HELPED = frozenset({PlanView.OPENED, PlanView.AGREED, PlanView.BEGUN})
"""How far a plan is while somebody is helped by it."""


def remember(unit: Unit, case_ref: CaseRef, ref: Ref) -> None:
    """Of which case a request is. Known before it can be accepted, so that nothing is waited for then."""
    unit.lock(Subject("case", case_ref))
    if unit.row(RequestRow, ref) is None:
        unit.add(RequestRow, ref, Request(case_ref=case_ref))


def provider(reader: Reader, case_ref: CaseRef, ref: Ref) -> OrganisationRef | None:
    """The organisation that may be told: it accepted, nothing has ended since, and sharing with it is agreed to."""
    return _told(reader, case_ref, ref, before=False)


def asked(reader: Reader, case_ref: CaseRef, ref: Ref) -> OrganisationRef | None:
    """The organisation that may know what it is asked for: a request went there, and nothing has ended it since."""
    return _told(reader, case_ref, ref, before=True)


def _told(reader: Reader, case_ref: CaseRef, ref: Ref, *, before: bool) -> OrganisationRef | None:
    case = Subject("case", case_ref)
    own, told = reader.facet(case, "intake", IntakeFacet), reader.facet(case, "referrals", ReferralsFacet)
    if own.existence is not Existence.OPEN or told.plan not in HELPED:
        return None
    requests = (*told.accepted, *(told.asked if before else ()))
    giving = next((one.organisation_ref for one in requests if one.service_referral_ref == ref), None)
    return giving if giving is not None and _may_share(reader, own, case_ref, giving) else None


def _may_share(reader: Reader, own: IntakeFacet, case_ref: CaseRef, organisation_ref: OrganisationRef) -> bool:
    """As referrals judges it, from the consents themselves: nothing is told on a day on which none holds."""
    asked = {"purpose": ConsentPurpose.SHARE.value, "organisation_ref": organisation_ref}
    rows = reader.select(ConsentRow, case_ref=case_ref, status=Status.GRANTED.value, **asked)
    held, today = {agreed.consent_ref for agreed in own.consents}, local_day(reader.now)
    waiting = {row["ref"] for row in rows if state_of(Consent, row).lapsed(reader.now)}
    return any(row["ref"] in held - waiting and (row["valid_until"] or today) >= today for row in rows)


def family_of(reading: Reading, case_ref: CaseRef) -> Family:
    """Whether those at home may be called: anybody of them who is suspected says no for all."""
    case, subject = reading.peek(CaseRow, case_ref), Subject("case", case_ref)
    own = reading.facet(subject, "intake", IntakeFacet)
    home = case["household_ref"] and reading.find(HouseholdRow, Household, case["household_ref"])
    return Family(
        child=own.is_minor,
        suspected=bool(own.implicated or case["implicated"] or (home and home.implicated)),
        handling=reading.facet(subject, "screening", ScreeningFacet).handling,
    )
