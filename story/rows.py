"""The rows of a scenario's files, one class per file; a field is a column and its type says what a cell may hold.

The surprise: an empty cell is "not given", and a cell of several values separates them with semicolons.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.clock import LOCAL


def _several(cell: object) -> object:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


def _at_the_border(cell: object) -> object:
    """`2015-11-04 09:30` on the border's clocks. An offset in the cell would be a second opinion: refused."""
    if not isinstance(cell, str):
        return cell
    return datetime.strptime(cell, "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL).astimezone(UTC)


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9_-]{0,60}$")]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Keys = Annotated[tuple[Key, ...], BeforeValidator(_several)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_several)]
Instant = Annotated[datetime, BeforeValidator(_at_the_border)]
Amount = Annotated[int, Field(gt=0, le=1_000_000_000)]
Purpose = Literal[
    "INTERVIEW", "STORE", "SHARE", "MEDICAL", "PHOTOGRAPH", "REFERRAL", "FAMILY_CONTACT", "GRANT", "RESEARCH", "MEDIA"
]
Sex = Literal["FEMALE", "MALE", "OTHER", "PREFER_NOT", "NOT_RECORDED"]


class Row(BaseModel):
    """One line of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListLine(Row):
    """A line of the officer's list, after the header file has said which column is which."""

    number: Annotated[int, Field(gt=0)]
    name: Label
    other_name: Label | None = None
    sex: Sex
    sex_written: Label | None = None
    birth: Label | None = None
    adult: bool = False
    child: bool = False
    home: Label | None = None
    detained_from: date | None = None
    circumstances: Label | None = None
    remarks: Label | None = None


class Person(Row):
    """Everybody the story names: those on the list, those added at the gate, and caregivers at home."""

    key: Key
    line: Annotated[int, Field(gt=0)] | None = None
    arrival: Literal["PRESENT", "ABSENT", "ADDED", "HOME"]
    absence_reason: Code | None = None
    carried: bool = False
    household: Key
    relation: Code
    name_km: Label
    name_latin: Label
    sex: Sex
    birth: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = None
    birth_precision: Literal["DAY", "MONTH", "YEAR", "UNKNOWN"]
    home: Key
    phone: Annotated[str, StringConstraints(pattern=r"^\+\d{8,15}$")] | None = None
    accompanied: Literal["ACCOMPANIED_BY_PARENT", "SEPARATED", "UNACCOMPANIED"] | None = None
    implicated_for: Keys = ()
    detained_from: date | None = None
    detained_until: date | None = None


class OfPerson(Row):
    """A line about one person of people.csv."""

    person: Key


class Stay(OfPerson):
    """Days at the centre and the way home."""

    room: Code
    bed: Code
    admitted: Instant
    urgent_checked: Instant
    urgent_needs: Codes = ()
    travel: Code
    escort: Key | None = None
    receiver: Key | None = None
    departs: Instant


class Consent(OfPerson):
    """One purpose, one recipient, one answer."""

    purpose: Purpose
    recipient: Key | None = None
    answer: Literal["GRANTED", "REFUSED"]
    given_by: Key
    signature: Literal["WRITTEN", "THUMBPRINT", "VERBAL_WITNESSED"]
    assent: Literal["UNWILLING", "NOT_ASKED_YOUNG", "WILLING", "ASSENT", "WRITTEN_ASSENT"] = "NOT_ASKED_YOUNG"
    witness: Key | None = None
    given: Instant


class Interview(OfPerson):
    """Who asked whom, when, in which language and in whose presence."""

    interviewer: Key
    support: Key | None = None
    language: Literal["km", "vi"]
    method: Literal["INTERVIEW", "OBSERVATION"]
    starts: Instant
    ends: Instant
    first_month: Month
    last_month: Month


class Answer(OfPerson):
    """One answer to one question of the screening form: a cell of answers.csv, whose columns are the questions."""

    question: Code
    value: Literal["YES", "NO", "UNKNOWN", "REFUSED"]
    source: Literal["SELF", "OBSERVED", "THIRD_PARTY", "DOCUMENT", "AUTHORITY_REPORT"]
