"""The rules of a person: known as far as they know or say it, put right when they know better."""

from datetime import date
from typing import assert_never

from services.intake.persons.births import span
from services.intake.persons.commands import (
    STATUSES,
    CorrectPerson,
    JoinHousehold,
    PersonCommand,
    RegisterPerson,
    VoidPerson,
)
from services.intake.persons.state import Facts, Person, PersonIdentity, Status
from shared.contracts import intake as told
from shared.contracts.intake import NationalityAnswer
from shared.errors import Refused
from shared.ids import PersonRef, Ref
from shared.model import Decided


def decide(state: Person | None, command: PersonCommand, facts: Facts) -> Decided[Person]:
    """What becomes of a person."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, RegisterPerson):
        return _register(command, facts)
    assert state is not None
    match command:
        case CorrectPerson():
            return _correct(state, command, facts)
        case JoinHousehold(household_ref=household):
            after = state.but(household_ref=household)
            moved = told.PersonHouseholdChanged(person_ref=facts.person_ref, household_ref=household)
            return Decided(state) if after == state else Decided(after, (moved,))
        case VoidPerson(reason=reason):
            if facts.has_open_case:
                raise Refused("person_has_a_case")
            voided = told.PersonVoided(person_ref=facts.person_ref, reason=reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _known_by(identity: PersonIdentity, day: date) -> None:
    """Who stands here has been born, and nobody knows what is said or found later: that is a slip of the pen."""
    if any(span(birth).earliest > day for birth in identity.births):
        raise Refused("born_in_the_future")
    said = [birth.age_on for birth in identity.births if birth.age_on is not None]
    found = [] if identity.determination is None else [identity.determination.determined_on]
    if any(other > day for other in (*said, *found)):
        raise Refused("day_after_this_record")


def _registered(command: RegisterPerson, facts: Facts) -> Person:
    """A consular confirmation of the line is a verified nationality; nothing forces one country or the other."""
    confirmed = facts.line_nationality is NationalityAnswer.CONFIRMED
    return Person(
        status=Status.REGISTERED,
        sex=command.sex,
        registered_by=facts.by,
        organisation_ref=facts.organisation_ref,
        line_ref=command.line_ref,
        nationality_claimed=command.nationality_claimed,
        nationality_verified="KH" if confirmed else None,
        verified_on=facts.day if confirmed else None,
        home_province=None if command.identity.home is None else command.identity.home.province,
        stateless_risk=facts.line_nationality is NationalityAnswer.REFUSED,
    )


def _register(command: RegisterPerson, facts: Facts) -> Decided[Person]:
    _known_by(command.identity, facts.day)
    if facts.line_taken:
        raise Refused("line_has_a_person")
    registered = told.PersonRegistered(
        person_ref=facts.person_ref, line_ref=command.line_ref, organisation_ref=facts.organisation_ref
    )
    return Decided(_registered(command, facts), (registered,))


def _correct(state: Person, command: CorrectPerson, facts: Facts) -> Decided[Person]:
    if facts.line_taken:
        raise Refused("line_has_a_person")
    said, after = command.changes(), command.applied_to(state)
    if after.nationality_verified is None:
        after = after.but(verified_on=None)
    elif "nationality_verified" in said:
        after = after.but(verified_on=facts.day, stateless_risk=False)
    if "identity" in said:
        _known_by(command.identity, facts.day)
        after = after.but(home_province=None if command.identity.home is None else command.identity.home.province)
    if after == state and ("identity" not in said or facts.same_identity):
        return Decided(state)
    return Decided(after, (told.PersonCorrected(person_ref=facts.person_ref),))


def erased(state: Person, person_ref: PersonRef, erasure_ref: Ref) -> Decided[Person]:
    """They are forgotten: their record counts as struck out from now on."""
    return Decided(
        state.but(status=Status.VOIDED), (told.PersonErased(person_ref=person_ref, erasure_ref=erasure_ref),)
    )
