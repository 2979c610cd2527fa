"""A problem in a scenario folder, in plain words: the file, the line of the file, the name of the column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOLD_AT_ONCE = 20


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a folder that cannot be used, and where."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.message}"


class UnusableScenario(Exception):
    """The folder cannot be played. Holds every problem found; its text tells the first twenty and counts the rest."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        told = [str(problem) for problem in self.problems[:TOLD_AT_ONCE]]
        if more := len(self.problems) - len(told):
            told.append(f"and {more} more; {len(self.problems)} in all")
        super().__init__("\n".join(told))


PLAIN = {
    "missing": "is required",
    "extra_forbidden": "is not a column of this file",
    "literal_error": "is none of {expected}",
    "enum": "is none of {expected}",
    "unknown_code": "is not a code of the list {list}",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "is not written as {pattern}",
    "too_long": "holds more than {max_length}",
    "greater_than": "is not more than {gt}",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
}


def why(error: Mapping[str, Any]) -> str:
    """One plain sentence for one error of validation, without repeating what stood in the cell."""
    plain = PLAIN.get(error["type"])
    return plain.format(**error.get("ctx", {})) if plain else str(error["msg"]).removeprefix("Value error, ")
