"""What every thing's table has beside its state: ref, version (the ETag), times, and sealed columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Index, MetaData, Table
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from shared.columns import Instant, Json, SealedBytes, canonical
from shared.ids import Ref, Subject
from shared.model import FieldClass, Model

M = TypeVar("M", bound=Model)
Row = Mapping[Any, Any]
TableClass = type[Any]
"""The class of a table, as `row_of` makes one of a table of the ledger, too. See `table_of`."""


@dataclass(frozen=True)
class SealedColumn:
    """How a sealed column is read: as which model, of which class, under whose key."""

    model: type[Model]
    field_class: FieldClass
    kind: str
    ref_field: str

    def subject(self, row: Row) -> str:
        """The sealing subject of a row, such as `person/<ref>`."""
        return Subject(self.kind, row[self.ref_field])


def sealed(model: type[Model], field_class: Any, *, subject: str, kind: str | None = None) -> Any:
    """A column that holds a model sealed under its subject's key.

    `subject` names the field with the subject's ref (`person_ref` means `person/<ref>`); for the row's own `ref` the
    `kind` says of what.
    """
    column = SealedColumn(model, field_class.__metadata__[0], kind or subject.removesuffix("_ref"), subject)
    return Field(default=None, sa_column=Column(SealedBytes, nullable=True, info={"sealed": column}))


@dataclass(frozen=True)
class StoodClear:
    """Where the values of a column go that stood in the clear before: the sealed column, and the field of its model.

    `empty` is what stands in the old column when nothing does.
    """

    into: str
    field: str
    empty: Any


def stood_clear(kind: Any, *, into: str, field: str, empty: Any = None) -> Any:
    """A column of before, of that type, which nothing reads or writes any more.

    Its values are sealed when a service starts (`writing.closing`), and stand in the column named `into` from then on.
    What it holds afterwards, and in new rows, a process of the version before can still read: `empty`.
    """
    default = empty if empty is None or isinstance(empty, str) else canonical(empty)
    info = {"stood_clear": StoodClear(into, field, empty)}
    return Field(default=None, sa_column=Column(kind, nullable=empty is None, server_default=default, info=info))


class Thing(SQLModel):
    """Mixed into every table class: `class CaseRow(Case, Thing, Base, table=True)`."""

    ref: Ref = Field(primary_key=True)
    version: int
    recorded_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    created_as: dict[str, str] | None = Field(default=None, sa_type=Json, nullable=True)
    """By the name of each creating command that was taken: the keyed digest of its content (`writing.again`)."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:
        name = str(cls.__tablename__)
        order = Index(f"{name}_order", "recorded_at", "ref")
        if "case_ref" not in cls.model_fields:
            return (order,)
        return (order, Index(f"{name}_case", "case_ref"))


def table_of(row_class: TableClass) -> Table:
    """The Core table behind a table class."""
    table: Table = row_class.__table__
    return table


@cache
def row_of(table: Table) -> TableClass:
    """A table of the ledger as whatever reads and writes things knows them: by a table class."""
    return type(table.name, (), {"__table__": table})


def sealed_columns(table: Table) -> dict[str, SealedColumn]:
    """The sealed columns of a table, by name."""
    return {column.name: column.info["sealed"] for column in table.columns if "sealed" in column.info}


def clear_columns(table: Table) -> dict[str, StoodClear]:
    """The columns of a table whose values of before stand in the clear until they are sealed, by name."""
    return {column.name: column.info["stood_clear"] for column in table.columns if "stood_clear" in column.info}


def all_sealed(metadata: MetaData) -> Iterator[tuple[Table, str, SealedColumn]]:
    """Every sealed column of a service: its table, its name and what is sealed in it."""
    for table in metadata.sorted_tables:
        for name, sealed in sealed_columns(table).items():
            yield table, name, sealed


def sealed_place(table: Table, column: str, ref: str) -> str:
    """What a sealed value is bound to besides its subject: it opens nowhere else."""
    return f"{table.name}/{column}/{ref}"


def state_of(state: type[M], row: Row) -> M:
    """A row as its validated state; columns that are not part of the state are left out."""
    return state.model_validate({name: row[name] for name in state.model_fields})
