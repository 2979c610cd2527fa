"""Moments as SQLite holds them: the text is ours, and the same that SQLAlchemy writes and reads."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from shared.columns import Instant

DIALECT = sqlite.dialect()
NOON = datetime(2026, 11, 4, 12, 0, 0, 7, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("moment", [NOON, NOON.replace(microsecond=0), NOON.replace(year=987), LAST])
def test_the_text_is_the_one_that_sqlalchemy_writes(moment: datetime) -> None:
    ours, theirs = Instant().bind_processor(DIALECT), DateTime().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert ours is not None and theirs is not None
    assert ours(moment) == theirs(moment)


def test_another_zone_is_told_in_utc_and_none_is_an_error() -> None:
    written = Instant().bind_processor(DIALECT)
    assert written is not None
    assert written(NOON.astimezone(timezone(timedelta(hours=7)))) == written(NOON) == "2026-11-04 12:00:00.000007"
    assert written(None) is None
    with pytest.raises(ValueError, match="without a time zone"):
        written(NOON.replace(tzinfo=None))
