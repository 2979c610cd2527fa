"""What a decision about an application needs to know: the case as other services told it, the programme, the household.

A case's household can change, so it is read before the lock, to lock it, and again after. Every command locks household
and programme too, since terms, budget and another grant of the household are judged by most.
"""

from collections.abc import Iterable

from services.grants.applications.commands import ApplicationCommand, DraftApplication
from services.grants.applications.state import RUNNING, Application, Facts, Signatory, Standing, Status
from services.grants.applications.tables import ApplicationRow
from services.grants.businesses.state import Business
from services.grants.businesses.tables import BusinessRow
from services.grants.facets import IntakeFacet, ReferralsFacet, ScreeningFacet
from services.grants.instalments.state import DROPPED, HANDED_OVER, Instalment
from services.grants.instalments.state import Status as InstalmentStatus
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.state import Programme
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, may
from shared.clock import local_day
from shared.ids import CaseRef, HouseholdRef, Ref, Subject
from shared.model import Command
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.unit import Unit


def around(peek: Reading, command: Command, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """Whatever a decision about a grant may ask for: its case, its programme, and the household of the case."""
    refs = {"case_ref", "programme_ref"}
    about = command.model_dump(include=refs) if row is None else row
    yield Subject("case", about["case_ref"])
    yield Subject("programme", about["programme_ref"])
    if household := household_of(peek, about["case_ref"]):
        yield Subject("household", household)


def household_of(peek: Reading, case_ref: CaseRef) -> HouseholdRef | None:
    """The household that intake told of last."""
    return peek.facet(Subject("case", case_ref), "intake", IntakeFacet).household_ref


def standing_of(unit: Unit, case_ref: CaseRef, programme: Programme) -> Standing:
    """What stands around the case. A consent holds or not on the day of recording: it is a right that ends."""
    subject = Subject("case", case_ref)
    case = unit.facet(subject, "intake", IntakeFacet)
    # Whoever moved the household before the lock was held made it another one than was locked.
    unit.restart_if(case.household_ref is not None and Subject("household", case.household_ref) not in unit.versions)
    help_given = unit.facet(subject, "referrals", ReferralsFacet)
    return Standing(
        open=case.opened and not case.closed,
        missing=case.missing,
        consented=case.consents_to(programme.organisation_ref, local_day(unit.now)),
        planned=bool(help_given.goals),
        entitlements=frozenset(unit.facet(subject, "screening", ScreeningFacet).entitlements),
        trained=frozenset(training.service for training in help_given.training),
        implicated=frozenset(case.implicated),
        household_ref=case.household_ref,
        opened_on=case.opened_on,
    )


def household_busy(unit: Unit, case_ref: CaseRef, household: HouseholdRef | None, ref: Ref) -> bool:
    """Does the household (or a case without one) have another grant that runs?"""
    equals = {"case_ref": case_ref} if household is None else {"household_ref": household}
    rows = unit.select(ApplicationRow, **equals)
    return any(row["ref"] != ref and Status(row["status"]) in RUNNING for row in rows)


def instalments_of(unit: Unit, ref: Ref) -> dict[Ref, Instalment]:
    """The parts of the grant by ref, in their order."""
    rows = unit.select(InstalmentRow, application_ref=ref)
    return {row["ref"]: state_of(Instalment, row) for row in sorted(rows, key=lambda row: int(row["number"]))}


def business_of(unit: Unit, ref: Ref) -> Business | None:
    """The business that the grant began."""
    rows = unit.select(BusinessRow, application_ref=ref)
    return state_of(Business, rows[0]) if rows else None


def _proven(unit: Unit, ref: Ref, parts: dict[Ref, Instalment], programme: Programme) -> bool:
    began = min((part.paid_on for part in parts.values() if part.paid_on), default=None)
    business = business_of(unit, ref)
    return bool(began and business and business.proven(began, programme.terms.completion_months))


def _signatory(unit: Unit, caller: Caller, case_ref: CaseRef) -> Signatory | None:
    """As whom the caller may agree that a caregiver under suspicion holds the grant."""
    case = Subject("case", case_ref)
    as_whom = (one for one in Signatory if may(unit, caller, f"grants.application.sign_as_{one.lower()}", case))
    return next(as_whom, None)


def facts_of(unit: Unit, caller: Caller, command: ApplicationCommand, *, ref: Ref, state: Application | None) -> Facts:
    """Everything a decision about an application may ask for."""
    about = command if isinstance(command, DraftApplication) else state
    assert about is not None
    programme = state_of(Programme, unit.peek(ProgrammeRow, about.programme_ref))
    standing = standing_of(unit, about.case_ref, programme)
    parts = instalments_of(unit, ref) if state is not None else {}
    statuses = {part.status for part in parts.values()}
    return Facts(
        application_ref=ref,
        actor=caller.staff_ref,
        organisation=caller.organisation_ref,
        day=unit.effective_day,
        programme=programme,
        standing=standing,
        signatory=_signatory(unit, caller, about.case_ref),
        household_busy=household_busy(unit, about.case_ref, standing.household_ref, ref),
        handed_over=bool(statuses & HANDED_OVER),
        settled=InstalmentStatus.RECONCILED in statuses and statuses <= DROPPED | {InstalmentStatus.RECONCILED},
        proven=_proven(unit, ref, parts, programme),
    )
