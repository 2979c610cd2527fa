"""The person's row. Names, births, phones and papers are sealed together under the person."""

from services.intake.base import Base
from services.intake.cases.state import Status
from services.intake.cases.tables import CASE, CaseRow
from services.intake.persons.state import Person, PersonIdentity
from shared.auth import Via, itself
from shared.model import C2
from shared.storage.tables import Thing, sealed


class PersonRow(Person, Thing, Base, table=True):
    """One person."""

    __tablename__ = "person"

    identity: bytes | None = sealed(PersonIdentity, C2, subject="ref", kind="person")


THROUGH_CASES = Via(CaseRow, "ref", "person_ref", CASE, gone=Status.VOIDED)
PERSON = itself("person", entered_for="organisation_ref", author="registered_by", via=THROUGH_CASES)
"""The organisation that registered a person answers for them, until there is a case: then those who work on one do."""
