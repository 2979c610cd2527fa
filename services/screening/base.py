"""Screening's own tables: a registry of its own, so that four services live in one process and migrate alone."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from shared.storage.ledger import ledger


class Base(SQLModel, registry=registry()):
    """Base of screening's table classes."""

    metadata = MetaData()


LEDGER = ledger(Base.metadata)
