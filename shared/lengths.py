"""Checks the length of a list before its items.

Pydantic looks at every item first and makes an error for each that is wrong: a list of 340,000 empty objects cost
seconds and megabytes, before the answer that it may hold a thousand.
"""

from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function

_COUNTED = frozenset({"list", "tuple", "set", "frozenset"})


def count_first(schema: Any) -> None:
    """Let the schema of a model count each list that has a longest length before its items are seen."""
    while schema["type"] != "model-fields":
        if "schema" not in schema:
            return
        schema = schema["schema"]
    for field in schema["fields"].values():
        field["schema"] = _counted(field["schema"])


@dataclass(frozen=True)
class _Counting:
    most: int

    def __call__(self, value: object) -> Any:
        if isinstance(value, (list, tuple, set, frozenset)) and len(value) > self.most:
            said = {"field_type": "List", "max_length": self.most, "actual_length": len(value)}
            raise PydanticKnownError("too_long", said)
        return value


def _counted(schema: Any) -> Any:
    if schema["type"] in _COUNTED and schema.get("max_length") is not None:
        return no_info_before_validator_function(_Counting(schema["max_length"]), schema)
    # A model that is referred to from many places comes here as often: it is wrapped once.
    ours = schema["type"] == "function-before" and isinstance(schema["function"]["function"], _Counting)
    if ours or "schema" not in schema or schema["type"] == "model":
        return schema
    return {**schema, "schema": _counted(schema["schema"])}
