"""The table of directory stewards. Whoever stands in it has a part in the directory, and in nothing else."""

from sqlmodel.sql.sqltypes import AutoString

from services.referrals.base import Base
from services.referrals.stewards.state import Steward, StewardName
from shared.auth import Belonging
from shared.contracts.referrals import THE_DIRECTORY
from shared.ids import Subject
from shared.model import C1
from shared.storage.tables import Thing, sealed, stood_clear

DIRECTORY = Subject("directory", THE_DIRECTORY)
"""The stream of all that stewards do, whose lock lets them do one thing after the other."""
OF_DIRECTORY = Belonging(subject=("directory", "directory_ref"))
"""It belongs to the directory: whoever has a part in that may read it."""


class StewardRow(Steward, Thing, Base, table=True):
    """One entry of the register."""

    __tablename__ = "steward"
    called: bytes | None = sealed(StewardName, C1, subject="ref", kind="steward")
    name: str | None = stood_clear(AutoString, into="called", field="name", empty="-")
