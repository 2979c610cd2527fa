"""The only kinds of value an event may carry. There is no free text among them, so no name can travel by mistake."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import Event

Day = date
"""A calendar day at the border (UTC+7)."""

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""`YYYY-MM`."""

MOST = 1_000_000
"""The largest count: nothing that is counted here comes near, and no telephone number is as small."""

Count = Annotated[int, Field(ge=0, le=MOST)]

Country = Annotated[str, CodeOf("country")]
RelationKind = Annotated[str, CodeOf("relation_kind")]


@labelled("money_band")
class MoneyBand(StrEnum):
    """Roughly how much, for those who need no exact amount. Bands are of US dollars at the stored rate."""

    UP_TO_100 = "UP_TO_100"
    UP_TO_250 = "UP_TO_250"
    UP_TO_500 = "UP_TO_500"
    OVER_500 = "OVER_500"


class Assigned(Event):
    """Somebody now works on the thing; `authorise` finds this relation."""

    relation: ClassVar[str] = "assigned"
    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: RelationKind


class Released(Event):
    """Somebody no longer works on the thing."""

    relation: ClassVar[str] = "released"
    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: RelationKind


class ErasureConfirmed(Event):
    """A service destroyed what it had of a case, by that order: how many rows were emptied, how many keys destroyed."""

    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    erasure_ref: Ref
    rows: Count
    keys: Count
