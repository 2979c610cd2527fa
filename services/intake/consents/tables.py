"""The consent's row. Only the name of a witness is private, sealed under the case."""

from services.intake.base import Base
from services.intake.consents.state import Consent, Witness
from shared.model import C2
from shared.storage.tables import Thing, sealed


class ConsentRow(Consent, Thing, Base, table=True):
    """One consent."""

    __tablename__ = "consent"

    witness: bytes | None = sealed(Witness, C2, subject="case_ref")
