"""The programme's table. A budget in riel or dong outgrows four bytes, so its columns are wide."""

from typing import Any

from sqlalchemy import BigInteger, Column
from sqlmodel import Field

from services.grants.base import Base
from services.grants.programmes.state import Programme
from shared.storage.tables import Thing


def _wide() -> Any:
    return Field(sa_column=Column(BigInteger, nullable=False))


class ProgrammeRow(Programme, Thing, Base, table=True):
    """One row per programme; its lock is the stream's."""

    __tablename__ = "programme"
    budget: int = _wide()
    reserved: int = _wide()
    committed: int = _wide()
    spent: int = _wide()
