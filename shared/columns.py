"""The column types of all tables. They give times a zone, which SQLite loses, and store JSON as canonical text."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json, to_jsonable_python
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, String
from sqlalchemy import Text as LongText
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Long = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of 64 bits. On SQLite it is INTEGER, which alone makes a primary key number itself."""

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(value: object) -> str:
    """The one way to write a value as JSON: equal values give equal bytes."""
    return _as_json(to_jsonable_python(value))


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else _in_utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


class Instant(TypeDecorator[datetime]):
    """A moment, always in UTC. A naive one is an error, never a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        # The text that SQLAlchemy would write, for a sixth of the time.
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # PostgreSQL's driver says UTC already.
        return value if value is None or value.tzinfo is UTC else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A collection or a nested model, as canonical JSON text."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None else from_json(value)


class Text(TypeDecorator[str]):
    """A code or a status: stored as its wire value, whatever enum it is in Python."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


class SealedBytes(TypeDecorator[bytes]):
    """Ciphertext. Only `shared.sealing` writes and reads what is inside."""

    impl = LargeBinary
    cache_ok = True
