"""Who is calling: one person, acting for one organisation, in one role, for one purpose."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.codes import labelled
from shared.ids import OrganisationRef, StaffRef


@labelled("caller_role")
class Role(StrEnum):
    """What somebody is employed to do. One person has one role per request."""

    SENDING_AUTHORITY = "SENDING_AUTHORITY"
    CONSULAR_OFFICER = "CONSULAR_OFFICER"
    RECEIVING_AUTHORITY = "RECEIVING_AUTHORITY"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"
    INTAKE_OFFICER = "INTAKE_OFFICER"
    CASEWORKER = "CASEWORKER"
    SUPERVISOR = "SUPERVISOR"
    INTERVIEWER = "INTERVIEWER"
    DECIDER = "DECIDER"
    REFERRAL_COORDINATOR = "REFERRAL_COORDINATOR"
    SERVICE_PROVIDER = "SERVICE_PROVIDER"
    GRANTS_OFFICER = "GRANTS_OFFICER"
    GRANTS_ASSESSOR = "GRANTS_ASSESSOR"
    GRANTS_APPROVER = "GRANTS_APPROVER"
    DISBURSER = "DISBURSER"
    RECONCILER = "RECONCILER"
    PRIVACY_OFFICER = "PRIVACY_OFFICER"
    ANALYST = "ANALYST"
    DIRECTORY_STEWARD = "DIRECTORY_STEWARD"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


@labelled("caller_purpose")
class Purpose(StrEnum):
    """Why a caller looks or writes: a closed list, copied into the audit."""

    PROTECTION = "PROTECTION"
    REPATRIATION = "REPATRIATION"
    SCREENING = "SCREENING"
    REINTEGRATION = "REINTEGRATION"
    GRANTS = "GRANTS"
    REPORTING = "REPORTING"
    OPERATION = "OPERATION"


@dataclass(frozen=True)
class Caller:
    """One person (or the system) acting for one organisation in one role for one purpose.

    `factor_at` is when they last signed in with a second factor, where their token says that they did.
    """

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    role: Role
    purpose: Purpose
    factor_at: datetime | None = None


SYSTEM = Caller("0" * 32, "0" * 32, Role.SYSTEM, Purpose.PROTECTION)
"""A service acting on what it heard."""
