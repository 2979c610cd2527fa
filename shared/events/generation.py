"""In which generation a store speaks: a store that went back in time must never speak as if it had not.

A generation is a number and a random tag, compared in that order. Facts from before there were generations, and of a
store that was never restored, belong to the first one, which is written nowhere.
"""

import re
from typing import NamedTuple

_WRITTEN = re.compile(r"([1-9][0-9]{0,8})\.([0-9a-f]{16})")


class Generation(NamedTuple):
    """Which life of a store a fact comes from. `(source, generation, subject, version)` names a fact."""

    ordinal: int
    tag: str

    def __str__(self) -> str:
        return f"{self.ordinal}.{self.tag}" if self.ordinal else ""

    @classmethod
    def read(cls, text: str) -> "Generation":
        """A generation as it was written. Raises ValueError."""
        if not text:
            return FIRST
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("no generation")
        return cls(int(found[1]), found[2])


FIRST = Generation(0, "")
