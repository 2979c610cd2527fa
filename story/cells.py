"""The types of the columns: what a cell may hold. A cell that could be read in two ways is refused, never guessed.

The rules of a value are the services' own, from `shared`; this adds how people write a value into a cell.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shared.clock import LOCAL
from shared.codes import CodeOf
from shared.contracts import leaves
from shared.model import Name, Narrative

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
TOLD_FROM = 1990
"""No moment of a story is earlier: plans and visits know no day before this year."""


def _as(pattern: str, message: str) -> AfterValidator:
    """A form of writing, in ASCII; the message says it in plain words."""
    form = re.compile(pattern, re.ASCII)

    def check(cell: str) -> str:
        if not form.fullmatch(cell):
            raise ValueError(message)
        return cell

    return AfterValidator(check)


def _several(cell: object) -> object:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if twice := next((value for value in values if values.count(value) > 1), None):
        raise ValueError(f"names {twice} twice")
    return values


def _number(cell: object) -> object:
    if isinstance(cell, str) and re.fullmatch(r"\d{1,15}", cell, re.ASCII):
        return int(cell)
    if type(cell) is int:
        return cell
    raise ValueError("is not a whole number written with the digits 0 to 9")


def _yes_or_no(cell: object) -> object:
    if isinstance(cell, bool):
        return cell
    if cell in ("yes", "no"):
        return cell == "yes"
    raise ValueError("is neither yes nor no")


def _day(cell: object) -> object:
    told = f"is not a day of the calendar written as 2015-11-04, from {FIRST.year} to {LAST.year}"
    if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII):
        try:
            cell = date.fromisoformat(cell)
        except ValueError:
            raise ValueError(told) from None
    if type(cell) is not date or not FIRST <= cell <= LAST:
        raise ValueError(told)
    return cell


def _at_the_border(cell: object) -> object:
    """`2015-11-04 09:30` on the border's clocks. An offset in the cell would be a second opinion: refused."""
    told = f"is not a moment written as 2015-11-04 09:30, from {TOLD_FROM} to {LAST.year}"
    if not isinstance(cell, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d?:\d\d", cell, re.ASCII):
        raise ValueError(told)
    try:
        found = datetime.strptime(cell, "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL)
    except ValueError:
        raise ValueError(told) from None
    if not TOLD_FROM <= found.year <= LAST.year:
        raise ValueError(told)
    return found.astimezone(UTC)


def _birth(cell: str) -> str:
    """A day, a month or a year of the calendar."""
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", cell, re.ASCII):
        try:
            if date.fromisoformat(f"{cell}-01-01"[:10]) >= FIRST:
                return cell
        except ValueError:
            pass
    raise ValueError(f"is not a day, a month or a year from {FIRST.year}, as 2002-03-14, 2002-03 or 2002")


Number = Annotated[int, BeforeValidator(_number)]
Key = Annotated[str, _as(r"[a-z0-9][a-z0-9-]{0,40}", "is no key: small letters, digits and hyphens, 41 at most")]
Code = Annotated[str, _as(r"[A-Z0-9][A-Z0-9_-]{0,60}", "is no code: capital letters, digits, _ and -, 61 at most")]
Month = Annotated[leaves.Month, _as(r"\d{4}-\d\d", "is not a month written as 2015-11")]
Phone = Annotated[str, _as(r"\+[1-9]\d{6,14}", "is no number in international form, as +85512345678, digits 0 to 9")]
Birth = Annotated[str, AfterValidator(_birth)]
Label = Name
Words = Narrative
Keys = Annotated[tuple[Key, ...], BeforeValidator(_several), AfterValidator(_each_once)]
Codes = Annotated[tuple[Code, ...], Field(max_length=20), BeforeValidator(_several), AfterValidator(_each_once)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_at_the_border)]
Amount = Annotated[Number, Field(gt=0, le=1_000_000_000)]
LineNumber = Annotated[Number, Field(gt=0, le=5000)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Purpose = Annotated[str, CodeOf("consent_purpose")]
Sex = Annotated[str, CodeOf("sex")]
Source = Literal["SELF", "OBSERVED", "THIRD_PARTY", "DOCUMENT", "AUTHORITY_REPORT"]
