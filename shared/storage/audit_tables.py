"""The tables of the audit: entries, and the hash tree over them (decision 0042).

An entry is written in the transaction of what it is about. Its number in the tree comes after the commit, in tables of
their own, so that no entry is ever changed.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy import Text as LongText

from shared.columns import Instant, Json, Long


def audit_tables(metadata: MetaData) -> dict[str, Table]:
    """Entries, whom they are about and how they are written; trees, leaves, subtrees that are whole, checkpoints."""
    return {**_entries(metadata), **_trees(metadata), **_hashes(metadata), **_checkpoints(metadata)}


def _entries(metadata: MetaData) -> dict[str, Table]:
    return {
        "audit": Table(
            "audit",
            metadata,
            Column("id", Long, primary_key=True, autoincrement=True),
            Column("at", Instant, nullable=False),
            Column("staff_ref", String(32), nullable=False),
            Column("organisation_ref", String(32), nullable=False),
            Column("role", String, nullable=False),
            Column("purpose", String, nullable=False),
            Column("action", String, nullable=False),
            Column("decision", String, nullable=False),
            Column("subjects", Json, nullable=False),
            Column("classes", Json, nullable=False),
            Column("request_id", String, nullable=False),
            Index("audit_by_caller", "staff_ref", "at"),
        ),
        "audit_about": Table(
            "audit_about",
            metadata,
            Column("subject", String, primary_key=True),
            Column("audit_id", Long, primary_key=True, autoincrement=False),
        ),
        "audit_form": Table(
            "audit_form",
            metadata,
            Column("form", Integer, primary_key=True, autoincrement=False),
            Column("columns", Json, nullable=False),
        ),
    }


def _trees(metadata: MetaData) -> dict[str, Table]:
    return {
        "audit_tree": Table(
            "audit_tree",
            metadata,
            Column("tree", Integer, primary_key=True, autoincrement=False),
            Column("origin", String, nullable=False, unique=True),
            Column("public_key", String, nullable=False),
            Column("generation", String, nullable=False),
            Column("at", Instant, nullable=False),
        ),
    }


def _hashes(metadata: MetaData) -> dict[str, Table]:
    return {
        "audit_leaf": Table(
            "audit_leaf",
            metadata,
            Column("tree", Integer, primary_key=True, autoincrement=False),
            Column("number", Long, primary_key=True, autoincrement=False),
            Column("audit_id", Long, nullable=False, unique=True),
            Column("form", Integer, nullable=False),
            Column("hash", LargeBinary, nullable=False),
        ),
        "audit_node": Table(
            "audit_node",
            metadata,
            Column("tree", Integer, primary_key=True, autoincrement=False),
            Column("level", Integer, primary_key=True, autoincrement=False),
            Column("place", Long, primary_key=True, autoincrement=False),
            Column("hash", LargeBinary, nullable=False),
        ),
    }


def _checkpoints(metadata: MetaData) -> dict[str, Table]:
    """What was signed, and when a witness took it. The note is public: sizes, hashes, a time."""
    return {
        "audit_checkpoint": Table(
            "audit_checkpoint",
            metadata,
            Column("tree", Integer, primary_key=True, autoincrement=False),
            Column("serial", Integer, primary_key=True, autoincrement=False),
            Column("size", Long, nullable=False),
            Column("at", Instant, nullable=False),
            Column("note", LongText, nullable=False),
            Column("accepted_at", Instant),
        ),
    }
