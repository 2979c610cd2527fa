"""Whose a thing is, said once per kind of thing by the names of its columns: for one row, and for a list of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.auth.deciding import EVERYBODY, Part, Place
from shared.ids import Subject
from shared.storage.tables import Row, TableClass

WHOLE = ""
"""Where a column says of itself which kind of thing it names."""
CASES = "case/"

REGISTRAR, REGISTERED = "REGISTRAR", "REGISTERED"
"""The parts of who entered a thing, and of the organisation they did it for, while it belongs to nothing else."""


class Rows(Protocol):
    """Finds the rows behind a row."""

    def select(self, row_class: TableClass, **equals: object) -> Sequence[Row]: ...


@dataclass(frozen=True)
class Via:
    """The things through which a thing belongs to somebody: those whose column `there` equals its own `here`."""

    row: TableClass
    here: str
    there: str
    belonging: "Belonging"
    gone: str | None = None
    """The status of those that were struck out: nobody comes through them, and who is barred from one stays barred."""
    apart: bool = False
    """Whether who is barred from them is so there alone: what belongs to somebody else as well stays open to those."""


@dataclass(frozen=True)
class Belonging:
    """Names of columns. `subject` is what parts are in: a kind of thing, and the column of its ref.

    Where the column names any kind of thing (`case/…`), the kind is WHOLE; what is about no case is then `unaddressed`,
    and so is what has the value `adrift` in a column: there the parts may be gone as well.

    `addressee` counts only `while_in` one of these statuses, if any are named, and who took it on (`engaged`) in those
    of `engaged_in`; nobody is missed there unless it `waits_in` one of these. `author` is who entered the thing, and
    `entered_for` the organisation for which they did: they count only as long as nothing is found `via` other things.
    """

    subject: tuple[str, str] | None = ("case", "case_ref")
    holder: str | None = None
    addressee: str | None = None
    sender: str | None = None
    entered_for: str | None = None
    author: str | None = None
    while_in: frozenset[str] = frozenset()
    engaged: str | None = None
    engaged_in: frozenset[str] = frozenset()
    waits_in: frozenset[str] = frozenset()
    via: Via | None = None
    adrift: tuple[str, str] | None = None

    @property
    def by_parts(self) -> bool:
        """Whether somebody may have a part in it, or in what is behind it."""
        return self.subject is not None or (self.via is not None and self.via.belonging.by_parts)

    def places(self, rows: Rows, row: Row) -> tuple[Place, ...]:
        """The places of one row, without the parts that stand elsewhere than in the row."""
        via = self.via
        if via is None:
            return (self._place(row, alone=True),)
        found = rows.select(via.row, **{via.there: row[via.here]})
        behind = [one for one in found if via.gone is None or one["status"] != via.gone]
        struck = [] if via.apart else [one for one in found if one not in behind]
        through = (place._replace(apart=via.apart) for one in behind for place in via.belonging.places(rows, one))
        bars = (Place(place.subject, gone=True) for one in struck for place in via.belonging.places(rows, one))
        return (self._place(row, alone=not behind), *through, *bars)

    def _place(self, row: Mapping[str, Any], *, alone: bool) -> Place:
        return Place(
            subject=self._subject(row),
            parts=tuple(self._entered(row)) if alone else (),
            holder=_value(row, self.holder),
            addressee=_value(row, self.addressee) if _now(row, self.while_in) else None,
            sender=_value(row, self.sender),
            unaddressed=self._unaddressed(row),
            engaged=_value(row, self.engaged) if _now(row, self.engaged_in) else None,
            unengaged=self._missing(row, self.engaged),
        )

    def _unaddressed(self, row: Mapping[str, Any]) -> bool:
        if self.subject is not None and self.subject[0] == WHOLE:
            lost = self.adrift is not None and row[self.adrift[0]] == self.adrift[1]
            return lost or not row[self.subject[1]].startswith(CASES)
        return self._missing(row, self.addressee)

    def _missing(self, row: Mapping[str, Any], column: str | None) -> bool:
        """Nobody is named there yet, and somebody is waited for."""
        return column is not None and row[column] is None and _now(row, self.waits_in)

    def _entered(self, row: Mapping[str, Any]) -> Iterator[Part]:
        organisation, author = _value(row, self.entered_for), _value(row, self.author)
        if organisation is not None:
            yield Part(organisation, EVERYBODY, REGISTERED)
            if author is not None:
                yield Part(organisation, author, REGISTRAR, row["recorded_at"])

    def _subject(self, row: Mapping[str, Any]) -> str | None:
        if self.subject is None:
            return None
        kind, column = self.subject
        return row[column] if kind == WHOLE else Subject(kind, row[column])


def _value(row: Mapping[str, Any], column: str | None) -> str | None:
    return None if column is None else row[column]


def _now(row: Mapping[str, Any], statuses: frozenset[str]) -> bool:
    """Whether it is in one of these statuses, if any are named."""
    return not statuses or row["status"] in statuses


BY_CASE = Belonging()
"""The thing belongs to a case: whoever may see the case's values of a class sees these."""
OWN = Belonging(subject=None, holder="organisation_ref")
"""The thing belongs to the organisation that is named on it."""
NOBODYS = Belonging(subject=None)
"""The thing is nobody's in particular: a directory entry."""


def itself(kind: str, **more: Any) -> Belonging:
    """Parts are in the thing itself."""
    return Belonging(subject=(kind, "ref"), **more)
