"""The rows of a scenario's files, one class per file; a field is a column and its type says what a cell may hold.

An empty cell means "not given". A cell of several values separates them with semicolons.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from story.cells import (
    Birth,
    Code,
    Codes,
    Day,
    Instant,
    Key,
    Keys,
    Label,
    LineNumber,
    Month,
    Phone,
    Purpose,
    Sex,
    Source,
    Words,
    YesNo,
)


class SheetRow(BaseModel):
    """One line of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListLine(SheetRow):
    """A line of the officer's list, after the header file has said which column is which."""

    number: LineNumber
    name: Label
    other_name: Label | None = None
    sex: Sex
    sex_written: Label | None = None
    birth: Label | None = None
    adult: YesNo = False
    child: YesNo = False
    home: Label | None = None
    detained_from: Day | None = None
    circumstances: Words | None = None
    remarks: Words | None = None


class Person(SheetRow):
    """Everybody the story names: those on the list, those added at the gate, and caregivers at home."""

    key: Key
    line: LineNumber | None = None
    arrival: Literal["PRESENT", "ABSENT", "ADDED", "HOME"]
    absence_reason: Code | None = None
    carried: YesNo = False
    household: Key
    relation: Code
    name_km: Label
    name_latin: Label
    sex: Sex
    birth: Birth | None = None
    birth_precision: Literal["DAY", "MONTH", "YEAR", "UNKNOWN"]
    home: Key
    phone: Phone | None = None
    accompanied: Literal["ACCOMPANIED_BY_PARENT", "SEPARATED", "UNACCOMPANIED"] | None = None
    implicated_for: Keys = ()
    detained_from: Day | None = None
    detained_until: Day | None = None


class OfPerson(SheetRow):
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
    source: Source
