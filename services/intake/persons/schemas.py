"""What a reader of a person sees, and how every answer of intake begins."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from services.intake.persons.domain import PersonIdentity, Sex, Status
from shared.codes.places import Province
from shared.contracts.leaves import Country
from shared.ids import HouseholdRef, LineRef, Ref, StaffRef
from shared.model import C1, C2, CX, FieldClass, Model, StatusTable
from shared.statuses import next_operations
from shared.storage.tables import Row, state_of

R = TypeVar("R", bound="Read")


class Read(Model):
    """What every thing's answer begins with: ref, version (also the ETag), and what may be asked next."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    recorded_at: datetime
    updated_at: datetime


def shown(
    row: Row, state: type[Model], table: StatusTable, read: type[R], *, may: Callable[[Any], bool], **more: Any
) -> R:
    """A row as its answer. Fields of a class beyond C0 stand there only for who may see that class."""
    found = state_of(state, row)
    fields = {
        name: getattr(found, name)
        for name, info in read.model_fields.items()
        if name in state.model_fields and all(may(mark) for mark in info.metadata if isinstance(mark, FieldClass))
    }
    about = {name: row[name] for name in ("ref", "version", "recorded_at", "updated_at")}
    return read.model_validate({**fields, **about, "next": next_operations(table, row["status"]), **more})


class PersonRead(Read):
    """A person. The identity is there for who works on a case of this person."""

    status: Status
    registered_by: StaffRef
    line_ref: LineRef | None = None
    household_ref: HouseholdRef | None = None
    sex: C1[Sex | None] = None
    nationality_claimed: C1[Country | None] = None
    nationality_verified: C1[Country | None] = None
    verified_on: date | None = None
    home_province: C1[Province | None] = None
    stateless_risk: C1[bool | None] = None
    identity: C2[PersonIdentity | None] = None
    child: C1[bool | None] = None
    age_low: C1[int | None] = None
    age_high: C1[int | None] = None
    births_conflict: C1[bool | None] = None
