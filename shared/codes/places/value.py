"""A place as states and commands hold it.

A place may be only the text on the paper, without any code. That text is never corrected.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints, model_validator

from shared.codes.kind import CodeOf
from shared.model import C1, C2, Given, Name

AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{1,8})?$")]
"""Text, never a number: a leading zero is part of the code."""

ProvinceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Country = Annotated[str, CodeOf("country")]


def nests(inner: str, outer: str) -> bool:
    """Does the area lie in the other one? Cambodian codes tell: village 8, commune 6, district 4, province 2 digits."""
    return len(inner) > len(outer) and len(inner) % 2 == 0 and len(outer) % 2 == 0 and inner.startswith(outer)


class Province(Given):
    """A province, which may stand in the clear in its own service."""

    country: Country
    code: C1[ProvinceCode]
    valid_from: date


class District(Given):
    """A district, or a province where nothing closer is known that may be told."""

    country: Country
    code: C1[Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{2})?$")]]
    valid_from: date


class Place(Given):
    """Anything from a province to a village, with its name as somebody wrote it: it can point to a home.

    `valid_from` is the day from which the code meant this; any later day on which it still did will do.
    """

    country: Country
    code: C2[AreaCode | None] = None
    valid_from: date | None = None
    name_as_written: C2[Name | None] = None

    @model_validator(mode="after")
    def _names_something(self) -> "Place":
        if (self.code is None) != (self.valid_from is None):
            raise ValueError("a code needs the day from which it is valid, and that day needs a code")
        if self.code is None and self.name_as_written is None:
            raise ValueError("a place needs a code or the name as written")
        return self

    @property
    def province(self) -> Province | None:
        """The province that the code names, for those who must not know more."""
        if self.code is None or self.valid_from is None or self.country not in {"KH", "VN"}:
            return None
        fields: dict[str, Any] = {"country": self.country, "code": self.code[:2], "valid_from": self.valid_from}
        return Province(**fields)

    @property
    def district(self) -> District | None:
        """The district that the code names, for those who must not know more; Viet Nam has none, but provinces."""
        if self.code is None or self.valid_from is None or self.country not in {"KH", "VN"}:
            return None
        closest = 4 if self.country == "KH" and len(self.code) % 2 == 0 else 2
        fields: dict[str, Any] = {"country": self.country, "code": self.code[:closest], "valid_from": self.valid_from}
        return District(**fields)
