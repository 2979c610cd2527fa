"""What is kept of a consent, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, C2, Given, Model, Name

Exceptional = Annotated[str, CodeOf("consent_exception")]
CONFIRMED_WITHIN = timedelta(hours=24)
"""How long one person alone may say that the law asks for no consent."""


@labelled("consent_status")
class Status(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


@labelled("signature_kind")
class Signature(StrEnum):
    """How it was signed. A spoken one needs a witness."""

    WRITTEN = "WRITTEN"
    THUMBPRINT = "THUMBPRINT"
    VERBAL_WITNESSED = "VERBAL_WITNESSED"


@labelled("consent_giver")
class Giver(StrEnum):
    """Who permits. SELF is an adult for themselves."""

    SELF = "SELF"
    CAREGIVER = "CAREGIVER"
    SOCIAL_AFFAIRS_OFFICER = "SOCIAL_AFFAIRS_OFFICER"


@labelled("child_assent")
class Assent(StrEnum):
    """How a child agreed, from unwilling to in writing."""

    UNWILLING = "UNWILLING"
    NOT_ASKED_YOUNG = "NOT_ASKED_YOUNG"
    WILLING = "WILLING"
    ASSENT = "ASSENT"
    WRITTEN_ASSENT = "WRITTEN_ASSENT"


class Informed(Given):
    """What the person was told before answering. All seven, or it was not informed."""

    purpose: C0[bool]
    actual_use: C0[bool]
    possible_use: C0[bool]
    research_use: C0[bool]
    right_of_access: C0[bool]
    retention_time: C0[bool]
    how_to_withdraw: C0[bool]

    @property
    def fully(self) -> bool:
        return all(getattr(self, name) for name in type(self).model_fields)


class Consent(Model):
    """An answer to one question: may this be done?

    Where a law's exception stands in for it, a second person confirms it by `confirm_by`, and it lasts until
    `lasts_until` then. Until they have, `valid_until` is the day after, for every service that hears of it.
    """

    case_ref: C0[CaseRef]
    purpose: C0[ConsentPurpose]
    organisation_ref: C0[OrganisationRef | None]
    status: C0[Status]
    taken_by: C0[StaffRef]
    day: C0[date]
    giver: C0[Giver | None] = None
    giver_ref: C1[PersonRef | None] = None
    informed: C0[Informed | None] = None
    signature: C0[Signature | None] = None
    assent: C1[Assent | None] = None
    exception: C0[Exceptional | None] = None
    valid_until: C0[date | None] = None
    confirm_by: C0[Moment | None] = None
    confirmed_by: C0[StaffRef | None] = None
    lasts_until: C0[date | None] = None

    @property
    def unconfirmed(self) -> bool:
        """Whether one person alone says so yet."""
        return self.confirm_by is not None and self.confirmed_by is None

    def lapsed(self, now: datetime) -> bool:
        """Whether nobody confirmed it in time: it permits nothing, whether or not its end was told."""
        return self.unconfirmed and self.confirm_by is not None and now >= self.confirm_by


class Witness(Model):
    """Who heard a spoken consent."""

    name: C2[Name]


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    consent_ref: Ref
    day: date
    today: date
    by: StaffRef
    now: datetime
    opened: date | None = None
    child: bool = True
    age: int = 0
    officer: bool = False
    person_ref: PersonRef | None = None
    implicated: frozenset[PersonRef] = frozenset()
    active: bool = False
