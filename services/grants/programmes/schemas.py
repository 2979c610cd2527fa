"""What a reader gets of a programme. Amounts are left out for a reader without the right to them."""

from datetime import datetime
from typing import Any

from services.grants.programmes.domain import Status, Terms
from services.grants.programmes.money import Rate
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C1, CX, FieldClass, Model, Name, StatusTable
from shared.statuses import next_operations
from shared.storage.tables import Row


class Read(Model):
    """What every thing's answer begins with: ref, version (also the ETag), and what may be asked next."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    recorded_at: datetime
    updated_at: datetime


def shown(row: Row, state: Model, table: StatusTable, read: type[Read], *, quasi: bool) -> dict[str, Any]:
    """The fields of a row and its state that the answer has: those of class C1 only for who may see them."""
    fields = {
        name: getattr(state, name)
        for name, info in read.model_fields.items()
        if hasattr(state, name) and (quasi or FieldClass.QUASI not in info.metadata)
    }
    about = {name: row[name] for name in ("ref", "version", "recorded_at", "updated_at")}
    return {**fields, **about, "next": next_operations(table, row["status"])}


class ProgrammeRead(Read):
    """A programme, its budget, and what of it is free."""

    status: Status
    organisation_ref: OrganisationRef
    opened_by: StaffRef
    name: C1[Name | None] = None
    currency: Currency
    rate: Rate | None = None
    budget: C1[int | None] = None
    reserved: C1[int | None] = None
    committed: C1[int | None] = None
    spent: C1[int | None] = None
    free: C1[int | None] = None
    terms: C1[Terms | None] = None
    opened_on: Day
    closed_on: Day | None = None
