"""What rules of referrals branch on, and which lists its codes come from."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import CodeOf, labelled, lookup
from shared.contracts.leaves import Day

ServiceCode = Annotated[str, CodeOf("service")]
OrganisationKind = Annotated[str, CodeOf("organisation_kind")]
PlanDomain = Annotated[str, CodeOf("plan_domain")]
ClosureReason = Annotated[str, CodeOf("closure_reason")]
ReopenReason = Annotated[str, CodeOf("reopen_reason")]
RejectionReason = Annotated[str, CodeOf("referral_reason")]
DeliveryUnit = Annotated[str, CodeOf("service_unit")]
MissReason = Annotated[str, CodeOf("visit_miss")]
Finding = Annotated[str, CodeOf("visit_finding")]
LeaveReason = Annotated[str, CodeOf("group_leave_reason")]
PauseReason = Annotated[str, CodeOf("suspension_reason")]
CancelReason = Annotated[str, CodeOf("followup_cancel_reason")]
NearDay = Annotated[Day, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]
"""A day that a plan can mean. A far-off day is a slip of the pen, and no calendar rule has to reckon with it."""
VoidReason = Annotated[str, CodeOf("void_reason")]
OverrideReason = Annotated[str, CodeOf("closure_override_reason")]
DeclineReason = Annotated[str, CodeOf("proposal_decline_reason")]

ENROLMENT = "EDU-ENROL"
TRAINING = "SKL-"


THE_DIRECTORY = "d1" * 16
"""The ref of the directory itself. Every store has one, so it needs no ref of its own."""


def has_authority(kind: str | None) -> bool:
    """Is an organisation of this kind a body of state, for which its people may speak?"""
    return kind is not None and bool(lookup("organisation_kind")[kind].traits.get("authority"))


def is_training(service: str) -> bool:
    """Is this service a training in skills?"""
    return service.startswith(TRAINING)


def is_enrolment(service: str) -> bool:
    """Is this service the enrolment in a public school?"""
    return service == ENROLMENT


@labelled("group_kind")
class GroupKind(StrEnum):
    """What kind of group people join."""

    SELF_HELP_GROUP = "SELF_HELP_GROUP"
    COOPERATIVE = "COOPERATIVE"
    AWARENESS_SESSION = "AWARENESS_SESSION"


@labelled("proposal_act")
class ProposalAct(StrEnum):
    """What one directory steward proposes, and another confirms."""

    REGISTER = "REGISTER"
    CORRECT = "CORRECT"
    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    CLOSE = "CLOSE"
    VOID = "VOID"
    APPOINT = "APPOINT"
    REMOVE = "REMOVE"


@labelled("member")
class Member(StrEnum):
    """Who is the member: the person alone or the whole household."""

    PERSON = "PERSON"
    HOUSEHOLD = "HOUSEHOLD"


@labelled("acknowledgement")
class Acknowledgement(StrEnum):
    """How the person who was helped confirmed that the help arrived."""

    WRITTEN = "WRITTEN"
    THUMBPRINT = "THUMBPRINT"
    VERBAL_WITNESSED = "VERBAL_WITNESSED"
    CAREGIVER = "CAREGIVER"
    NONE = "NONE"


@labelled("goal_result")
class GoalResult(StrEnum):
    """How a goal of the plan ended."""

    MET = "MET"
    NO_LONGER_WANTED = "NO_LONGER_WANTED"
    NOT_MET = "NOT_MET"


@labelled("signature_kind")
class SignatureKind(StrEnum):
    """How somebody who may not write still signs."""

    WRITTEN = "WRITTEN"
    THUMBPRINT = "THUMBPRINT"
    VERBAL_WITNESSED = "VERBAL_WITNESSED"


@labelled("signatory")
class Signatory(StrEnum):
    """Who agreed to the plan."""

    PERSON = "PERSON"
    CAREGIVER = "CAREGIVER"
    SUPERVISOR = "SUPERVISOR"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"


@labelled("followup_kind")
class FollowupKind(StrEnum):
    """What a visit is for."""

    SCHEDULED = "SCHEDULED"
    HOME_TRACE = "HOME_TRACE"
    EXTRA = "EXTRA"
