"""The person's row. Names, births, phones and papers are sealed together under the person."""

from services.intake.base import Base
from services.intake.persons.state import Person, PersonIdentity
from shared.model import C2
from shared.storage.tables import Thing, sealed


class PersonRow(Person, Thing, Base, table=True):
    """One person."""

    __tablename__ = "person"

    identity: bytes | None = sealed(PersonIdentity, C2, subject="ref", kind="person")
