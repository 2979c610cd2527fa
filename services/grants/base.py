"""The tables of grants: a registry and metadata of its own, with the bookkeeping tables on it."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.storage.ledger import ledger


class Base(SQLModel, registry=registry()):
    """Base of the table classes of grants."""

    metadata = MetaData()


LEDGER = ledger(Base.metadata)
