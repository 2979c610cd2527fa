"""The rules of consent: one purpose, one recipient, informed, and given by somebody who may give it.

A child's consent has two halves, a permission and the child's own assent by age; a caregiver suspected of exploiting
the child can give neither half. Refusing is an outcome like any other and changes nothing else.
"""

from datetime import date
from typing import Any, assert_never

from services.intake.consents import exceptions
from services.intake.consents.commands import (
    STATUSES,
    ConfirmConsent,
    ConsentCommand,
    CorrectConsent,
    ExpireConsent,
    GrantConsent,
    RefuseConsent,
    VoidConsent,
    WithdrawConsent,
)
from services.intake.consents.state import Assent, Consent, Facts, Giver, Signature, Status
from shared.contracts import intake as told
from shared.contracts.intake import ConsentPurpose
from shared.errors import Refused
from shared.ids import PersonRef
from shared.model import Decided

NAMED_RECIPIENT = frozenset({ConsentPurpose.SHARE, ConsentPurpose.REFERRAL})
NEVER_WITHOUT = frozenset({ConsentPurpose.RESEARCH, ConsentPurpose.MEDIA})


def decide(state: Consent | None, command: ConsentCommand, facts: Facts) -> Decided[Consent]:
    """What becomes of a consent."""
    if state is not None and _over(state, command):
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
            return _withdraw(state, facts, told.ConsentWithdrawn(**named))
        case ConfirmConsent():
            return exceptions.confirm(state, facts, named)
        case CorrectConsent():
            return _correct(state, command, named)
        case VoidConsent(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.ConsentVoided(**named, reason=reason),))
        case ExpireConsent():
            return _expire(state, facts, told.ConsentExpired(**named))
        case _:
            assert_never(command)


def _over(state: Consent, command: ConsentCommand) -> bool:
    """Withdrawn is withdrawn; and the last day of what ended otherwise is nobody's affair any more."""
    if isinstance(command, WithdrawConsent):
        return state.status is Status.WITHDRAWN
    return isinstance(command, ExpireConsent) and state.status is not Status.GRANTED


def _named(about: Consent | GrantConsent | RefuseConsent, facts: Facts) -> dict[str, Any]:
    shared = {name: getattr(about, name) for name in ("case_ref", "purpose", "organisation_ref")}
    return {"consent_ref": facts.consent_ref, **shared}


def _given(command: GrantConsent | RefuseConsent, facts: Facts) -> Consent:
    status = Status.GRANTED if isinstance(command, GrantConsent) else Status.REFUSED
    given = command.model_dump(exclude={"ref", "effective_at", "witness"})
    return Consent(status=status, taken_by=facts.by, day=facts.day, **given)


def _in_the_case(facts: Facts) -> None:
    """An answer belongs to a case, so it is not older than that."""
    if facts.opened is not None and facts.day < facts.opened:
        raise Refused("before_case_opened")


def _grant(command: GrantConsent, facts: Facts) -> Decided[Consent]:
    _in_the_case(facts)
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
    given = exceptions.begun(_given(command, facts), facts)
    granted = told.ConsentGranted(**_named(command, facts), valid_until=given.valid_until, exception=command.exception)
    return Decided(given, (granted,))


def _refuse(command: RefuseConsent, facts: Facts) -> Decided[Consent]:
    _in_the_case(facts)
    if facts.active:
        raise Refused("withdraw_instead")
    refused = told.ConsentRefused(**_named(command, facts))
    return Decided(_given(command, facts), (refused,))


def _withdraw(state: Consent, facts: Facts, withdrawn: told.ConsentWithdrawn) -> Decided[Consent]:
    if facts.day < state.day:
        raise Refused("before_consent_given")
    return Decided(state.but(status=Status.WITHDRAWN), (withdrawn,))


def _correct(state: Consent, command: CorrectConsent, named: dict[str, Any]) -> Decided[Consent]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    if state.unconfirmed:
        raise Refused("exception_not_confirmed")
    _until(after.valid_until, state.day)
    return Decided(after, (told.ConsentCorrected(**named, valid_until=after.valid_until),))


def _expire(state: Consent, facts: Facts, expired: told.ConsentExpired) -> Decided[Consent]:
    """Rechecked when the deadline comes: it may have been corrected meanwhile. A right ends by recorded time."""
    if not state.lapsed(facts.now) and (state.valid_until is None or facts.today <= state.valid_until):
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
