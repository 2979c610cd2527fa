"""The rules of consent: one purpose, one recipient, informed, and given by somebody who may give it.

The surprise: a child's consent has two halves, a permission and the child's own assent by age; a caregiver suspected of
exploiting the child can give neither half. Refusing is an outcome like any other and changes nothing else.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake import ConsentPurpose
from shared.errors import Refused
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C2, Command, Correction, Decided, Given, Model, Name, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
Exceptional = Annotated[str, CodeOf("consent_exception")]


class Status(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class Signature(StrEnum):
    """How it was signed. A spoken one needs a witness."""

    WRITTEN = "WRITTEN"
    THUMBPRINT = "THUMBPRINT"
    VERBAL_WITNESSED = "VERBAL_WITNESSED"


class Giver(StrEnum):
    """Who permits. SELF is an adult for themselves."""

    SELF = "SELF"
    CAREGIVER = "CAREGIVER"
    SOCIAL_AFFAIRS_OFFICER = "SOCIAL_AFFAIRS_OFFICER"


class Assent(StrEnum):
    """How a child agreed, from unwilling to in writing."""

    UNWILLING = "UNWILLING"
    NOT_ASKED_YOUNG = "NOT_ASKED_YOUNG"
    WILLING = "WILLING"
    ASSENT = "ASSENT"
    WRITTEN_ASSENT = "WRITTEN_ASSENT"


class Informed(Given):
    """What the person was told before answering. All seven, or it was not informed."""

    purpose: bool
    actual_use: bool
    possible_use: bool
    research_use: bool
    right_of_access: bool
    retention_time: bool
    how_to_withdraw: bool

    @property
    def fully(self) -> bool:
        return all(getattr(self, name) for name in type(self).model_fields)


class Consent(Model):
    """An answer to one question: may this be done?"""

    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None
    status: Status
    taken_by: StaffRef
    day: date
    giver: Giver | None = None
    giver_ref: PersonRef | None = None
    informed: Informed | None = None
    signature: Signature | None = None
    assent: Assent | None = None
    exception: Exceptional | None = None
    valid_until: date | None = None


class Witness(Model):
    """Who heard a spoken consent."""

    name: C2[Name]


class GrantConsent(Command):
    """Somebody agreed; or an exception by law stands in for it and is named."""

    ref: Ref | None = None
    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    giver: Giver | None = None
    giver_ref: PersonRef | None = None
    informed: Informed | None = None
    signature: Signature | None = None
    witness: C2[Name | None] = None
    assent: Assent = Assent.NOT_ASKED_YOUNG
    exception: Exceptional | None = None
    valid_until: date | None = None


class RefuseConsent(Command):
    """Somebody said no."""

    ref: Ref | None = None
    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    giver: Giver = Giver.SELF


class WithdrawConsent(Command):
    """Somebody took it back. Holds at once."""


class ExpireConsent(Command):
    """The time is over. Given by the deadline, not by a client."""


class CorrectConsent(Correction):
    """Until when it holds was entered wrongly."""

    valid_until: date | None = left_out()


class VoidConsent(Command):
    """Entered in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "consent",
    opening=frozenset({GrantConsent, RefuseConsent}),
    allowed={
        Status.GRANTED: frozenset({WithdrawConsent, ExpireConsent, CorrectConsent, VoidConsent}),
        Status.REFUSED: frozenset({VoidConsent}),
        Status.EXPIRED: frozenset({VoidConsent}),
        Status.WITHDRAWN: frozenset({VoidConsent}),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({ExpireConsent}),
)

NAMED_RECIPIENT = frozenset({ConsentPurpose.SHARE, ConsentPurpose.REFERRAL})
NEVER_WITHOUT = frozenset({ConsentPurpose.RESEARCH, ConsentPurpose.MEDIA})


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    consent_ref: Ref
    day: date
    today: date
    by: StaffRef
    child: bool = True
    age: int = 0
    officer: bool = False
    person_ref: PersonRef | None = None
    implicated: frozenset[PersonRef] = frozenset()
    active: bool = False


def decide(state: Consent | None, command: Command, facts: Facts) -> Decided[Consent]:
    """What becomes of a consent."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, GrantConsent):
        return _grant(command, facts)
    if isinstance(command, RefuseConsent):
        return _refuse(command, facts)
    assert state is not None
    named = _named(state, facts)
    match command:
        case WithdrawConsent():
            return Decided(state.but(status=Status.WITHDRAWN), (told.ConsentWithdrawn(**named),))
        case CorrectConsent(valid_until=until):
            _until(until, state.day)
            return Decided(state.but(valid_until=until), (told.ConsentCorrected(**named, valid_until=until),))
        case VoidConsent(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.ConsentVoided(**named, reason=reason),))
        case _:
            return _expire(state, facts, told.ConsentExpired(**named))


def _named(about: Consent | GrantConsent | RefuseConsent, facts: Facts) -> dict[str, Any]:
    shared = {name: getattr(about, name) for name in ("case_ref", "purpose", "organisation_ref")}
    return {"consent_ref": facts.consent_ref, **shared}


def _holds(state: Consent, command: Command, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case WithdrawConsent():
            return state.status is Status.WITHDRAWN
        case CorrectConsent():
            return state.status is Status.GRANTED and command.applied_to(state) == state
        case GrantConsent() | RefuseConsent():
            return state == _given(command, facts).but(day=state.day)
        case _:
            return False


def _given(command: GrantConsent | RefuseConsent, facts: Facts) -> Consent:
    status = Status.GRANTED if isinstance(command, GrantConsent) else Status.REFUSED
    given = command.model_dump(exclude={"ref", "effective_at", "witness"})
    return Consent(status=status, taken_by=facts.by, day=facts.day, **given)


def _grant(command: GrantConsent, facts: Facts) -> Decided[Consent]:
    if command.purpose in NAMED_RECIPIENT and command.organisation_ref is None:
        raise Refused("recipient_not_named")
    if facts.active:
        raise Refused("consent_already_granted")
    _until(command.valid_until, facts.day)
    if command.exception is None:
        _informed(command)
        _permitted(command, facts)
    elif command.purpose in NEVER_WITHOUT:
        raise Refused("no_exception_for_this_purpose")
    granted = told.ConsentGranted(
        **_named(command, facts), valid_until=command.valid_until, exception=command.exception
    )
    return Decided(_given(command, facts), (granted,))


def _refuse(command: RefuseConsent, facts: Facts) -> Decided[Consent]:
    if facts.active:
        raise Refused("withdraw_instead")
    refused = told.ConsentRefused(**_named(command, facts))
    return Decided(_given(command, facts), (refused,))


def _expire(state: Consent, facts: Facts, expired: told.ConsentExpired) -> Decided[Consent]:
    """Rechecked when the deadline comes: it may have been corrected meanwhile. A right ends by recorded time."""
    if state.valid_until is None or facts.today <= state.valid_until:
        return Decided(state)
    return Decided(state.but(status=Status.EXPIRED), (expired,))


def _until(valid_until: date | None, day: date) -> None:
    if valid_until is not None and valid_until < day:
        raise Refused("ends_before_it_begins")


def _informed(command: GrantConsent) -> None:
    if command.informed is None or not command.informed.fully:
        raise Refused("not_informed")
    if command.signature is None:
        raise Refused("not_signed")
    if command.signature is Signature.VERBAL_WITNESSED and command.witness is None:
        raise Refused("witness_missing")


def _permitted(command: GrantConsent, facts: Facts) -> None:
    """An adult alone. For a child a caregiver who is not implicated, or the officer, and the child's assent."""
    if not facts.child:
        if command.giver is not Giver.SELF:
            raise Refused("adult_consents_alone")
        return
    if command.giver in (None, Giver.SELF):
        raise Refused("child_needs_permission")
    if command.giver is Giver.SOCIAL_AFFAIRS_OFFICER and not facts.officer:
        raise Refused("not_the_officer")
    if command.giver is Giver.CAREGIVER:
        _caregiver(command.giver_ref, facts)
    if tuple(Assent).index(command.assent) < tuple(Assent).index(assent_needed(facts.age)):
        raise Refused("assent_missing")


def _caregiver(giver: PersonRef | None, facts: Facts) -> None:
    if giver is None or giver == facts.person_ref:
        raise Refused("caregiver_not_named")
    if giver in facts.implicated:
        raise Refused("caregiver_implicated")


def assent_needed(age: int) -> Assent:
    """What a child of at least that age must have agreed to. An unknown age counts by its lower bound."""
    for least, assent in ((15, Assent.WRITTEN_ASSENT), (12, Assent.ASSENT), (6, Assent.WILLING)):
        if age >= least:
            return assent
    return Assent.NOT_ASKED_YOUNG
