"""A row for each thing given. Nothing in it is private: what, how many, on which day, in which case."""

from services.intake.base import Base
from services.intake.provisions.state import Provision
from shared.storage.tables import Thing


class ProvisionRow(Provision, Thing, Base, table=True):
    """One thing given."""

    __tablename__ = "provision"
