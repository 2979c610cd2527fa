"""Commands on consents. What a consent lets others do is checked by them, under their own lock; see the events."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from services.intake.cases.state import Case
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.consents import commands as ask
from services.intake.consents import domain
from services.intake.consents.commands import STATUSES, ConsentCommand
from services.intake.consents.state import Consent, Facts, Status, Witness
from services.intake.consents.tables import ConsentRow
from services.intake.facets import IntakeFacet
from services.intake.persons import handlers as persons
from shared.auth import Caller, may
from shared.clock import LOCAL, local_day
from shared.errors import Refused
from shared.ids import Ref, Subject
from shared.model import Command, Decided, Model
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands, on_case
from shared.writing.unit import Unit

Answer = ask.GrantConsent | ask.RefuseConsent


def _streams(peek: Reading, command: Command, row: Row | None, ref: Ref) -> Iterable[Subject]:
    """The case, and where an age is judged the person, too."""
    return (persons.with_person if isinstance(command, Answer) else on_case)(peek, command, row, ref)


def _facts(unit: Unit, caller: Caller, command: ConsentCommand, *, ref: Ref, state: Consent | None) -> Facts:
    if isinstance(command, Answer):
        return _answering(unit, caller, command, ref)
    today = local_day(unit.now)
    return Facts(consent_ref=ref, day=unit.effective_day, today=today, by=caller.staff_ref, now=unit.now)


def _answering(unit: Unit, caller: Caller, command: Answer, ref: Ref) -> Facts:
    case = unit.find(CaseRow, Case, command.case_ref)
    if case is None or case.status is CaseStatus.VOIDED:
        raise Refused("case_not_open")
    day = unit.effective_day
    own = unit.facet(Subject("case", command.case_ref), "intake", IntakeFacet)
    same = {"purpose": command.purpose.value, "organisation_ref": command.organisation_ref}
    held = unit.select(ConsentRow, case_ref=command.case_ref, status=Status.GRANTED.value, **same)
    return Facts(
        consent_ref=ref,
        day=day,
        today=local_day(unit.now),
        by=caller.staff_ref,
        now=unit.now,
        opened=case.opened,
        child=persons.age_of(unit, case.person_ref, day).child_on_day,
        age=persons.lowest_age(unit, case.person_ref, day),
        officer=may(unit, caller, "intake.consent.give_as_officer", Subject("case", command.case_ref)),
        person_ref=case.person_ref,
        implicated=frozenset({*case.implicated, *own.implicated}),
        active=any(row["ref"] != ref for row in held),
    )


def _private(command: Command) -> dict[str, Model]:
    witness = getattr(command, "witness", None)
    return {} if witness is None else {"witness": Witness(name=witness)}


def _plant(unit: Unit, _caller: Caller, *, ref: Ref, before: Consent | None, decided: Decided[Consent]) -> None:
    """A right ends by recorded time, when the local day after its last one begins; an exception that waits, by hour."""
    consent = decided.state
    if consent.unconfirmed and consent.confirm_by is not None:
        unit.later("consent_expires", Subject("case", consent.case_ref), consent.confirm_by, {"consent_ref": ref})
    if consent.status is Status.GRANTED and consent.valid_until is not None:
        after = datetime.combine(consent.valid_until + timedelta(days=1), time(), LOCAL).astimezone(UTC)
        unit.later("consent_expires", Subject("case", consent.case_ref), after, {"consent_ref": ref})


CONSENTS = Commands(
    "intake.consent",
    ConsentRow,
    Consent,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    private=_private,
    after=_plant,
)
_person = persons.person_of(ConsentRow)
CONSENTS.ordinary("grant", ask.GrantConsent, subjects=_person)
CONSENTS.ordinary("refuse", ask.RefuseConsent, subjects=_person)
CONSENTS.ordinary("withdraw", ask.WithdrawConsent, if_match=False)  # whoever withdraws need not know what changed
CONSENTS.ordinary("confirm", ask.ConfirmConsent)
CONSENTS.ordinary("correct", ask.CorrectConsent)
CONSENTS.ordinary("void", ask.VoidConsent)
CONSENTS.ordinary("expire", ask.ExpireConsent)
