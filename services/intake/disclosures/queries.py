"""Reads of a disclosure: an outline for the provider that is asked, and all that was agreed for one that accepted."""

from collections.abc import Iterable

from services.intake.cases.tables import CaseRow
from services.intake.disclosures.domain import age_band, birth_year, guardians_phone, names_to_use
from services.intake.disclosures.handlers import asked, family_of, provider
from services.intake.disclosures.schemas import DisclosedName, DisclosureRead, OutlineRead
from services.intake.disclosures.tables import RequestRow
from services.intake.persons.handlers import identity_of
from services.intake.persons.state import PersonIdentity
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, Place, authorise
from shared.clock import local_day
from shared.ids import Ref, Subject
from shared.reading import Reader, Reading
from shared.reading.answers import at_places
from shared.writing.handling import shows

READ, OUTLINE = "intake.disclosure.read", "intake.disclosure.outline"


def _person(peek: Reading, *, ref: Ref) -> Iterable[Subject]:
    """The person behind the case of a request, if there is one."""
    row = peek.row(RequestRow, ref)
    if row is not None:
        yield Subject("person", peek.peek(CaseRow, row["case_ref"])["person_ref"])


@shows(READ, subjects=_person)
def read(reader: Reader, caller: Caller, *, ref: Ref) -> DisclosureRead:
    """What the provider of a request may know of the person now."""
    case_ref = reader.peek(RequestRow, ref)["case_ref"]
    places = (Place(Subject("case", case_ref), addressee=provider(reader, case_ref, ref)),)
    authorise(reader, caller, READ, places)
    person_ref = reader.peek(CaseRow, case_ref)["person_ref"]
    identity, family = identity_of(reader, person_ref), family_of(reader, case_ref)
    values = {
        "service_referral_ref": ref,
        "names": _names(identity),
        "sex": reader.peek(PersonRow, person_ref)["sex"],
        "birth_year": birth_year(identity, local_day(reader.now)),
        "village": identity.home,
        "guardian_phone": guardians_phone(identity.phones, family),
    }
    return at_places(reader, caller, READ, DisclosureRead, places, values)


@shows(OUTLINE, subjects=_person)
def outline(reader: Reader, caller: Caller, *, ref: Ref) -> OutlineRead:
    """What a provider may know before it says whether it takes the person on."""
    case_ref = reader.peek(RequestRow, ref)["case_ref"]
    places = (Place(Subject("case", case_ref), addressee=asked(reader, case_ref, ref)),)
    authorise(reader, caller, OUTLINE, places)
    person_ref = reader.peek(CaseRow, case_ref)["person_ref"]
    identity = identity_of(reader, person_ref)
    values = {
        "service_referral_ref": ref,
        "age_band": age_band(identity, local_day(reader.now)),
        "sex": reader.peek(PersonRow, person_ref)["sex"],
        "district": identity.home and identity.home.district,
        "handling": family_of(reader, case_ref).handling,
    }
    return at_places(reader, caller, OUTLINE, OutlineRead, places, values)


def _names(identity: PersonIdentity) -> tuple[DisclosedName, ...]:
    said = ({name: getattr(one, name) for name in DisclosedName.model_fields} for one in names_to_use(identity))
    return tuple(DisclosedName(**values) for values in said)
