"""One area of a gazetteer: a province, district, commune or village between the two days its code meant just that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Area:
    """The code's meaning from `valid_from` to `valid_to`, the last day; `successors` are codes of the day after."""

    country: str
    code: str
    valid_from: date
    valid_to: date | None
    names: Mapping[str, str]
    successors: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Did the code mean this area on that day?"""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
