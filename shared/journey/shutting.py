"""What of somebody's part holds on after its source lost facts: who was shut out stays so, and nothing opens again.

A part opens or shuts. One that shuts (a conflict of interest, having left, a case entered in error or forgotten) goes
on where it was before. One that opens is had only where it was had before as well: whoever was released in the lost
time stays out, like whoever was let in and asked to leave. Who holds a case stays who held it: somebody has to be
there for the people in it. It ends as all that is kept does: people dismiss what was lost.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.auth.leaving import GONE
from shared.journey.parts import BARRED, ERASED, HOLDER, VOIDED, Relation

SHUTTING = frozenset({BARRED, ERASED, GONE, VOIDED})
"""The kinds that shut. All others open, each of them to somebody."""
STAYING = SHUTTING | {HOLDER}
"""The kinds of which one that was there before is there now, whatever is told up to the length at restore."""

MOMENTS = ("until", "since")
Parts = Mapping[Relation, Relation]
"""Parts that hold, each by itself."""
Moved = Mapping[Relation, Relation | None]
"""Parts that were made, or ended (None)."""


def parts_of(relations: Iterable[Relation]) -> Parts:
    """These parts, each by itself."""
    return {relation.itself: relation for relation in relations}


def shut(before: Parts, moved: Moved) -> Moved:
    """The more protective of the parts before and of what facts make of them now."""
    now = {part: _one(part.kind, before.get(part), held) for part, held in moved.items()}
    return {**{part: was for part, was in before.items() if part.kind in STAYING}, **now}


def _one(kind: str, was: Relation | None, now: Relation | None) -> Relation | None:
    if kind == HOLDER:
        return was
    if kind not in SHUTTING:
        return now if was is not None else None
    if was is None or now is None:
        return was or now
    return now._replace(until=_later(was.until, now.until))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later end of what shuts. None is no end at all."""
    return None if one is None or other is None else max(one, other)


def stored(parts: Parts) -> list[dict[str, Any]]:
    """As they stand beside a guard, always in the same order."""
    in_order = sorted(parts.items(), key=lambda item: item[0][:5])
    return [
        {**relation._asdict(), **{name: _text(getattr(relation, name)) for name in MOMENTS}} for _, relation in in_order
    ]


def read(rows: Iterable[Mapping[str, Any]]) -> Parts:
    """Parts as they were stored."""
    return parts_of(Relation(**{**row, **{name: _moment(row[name]) for name in MOMENTS}}) for row in rows)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
