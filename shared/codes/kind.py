"""The marks that say which list a value's labels are in: `CodeOf` on a string field, `labelled` on an enum.

A mark stays where it is written, so that OpenAPI and tests can see which list it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.codes.lists import lookup

E = TypeVar("E", bound=type[StrEnum])


@dataclass(frozen=True)
class CodeOf:
    """Used as `Annotated[str, CodeOf("exploitation")]`. An unregistered list name is an error where it is written."""

    list: str

    def __post_init__(self) -> None:
        lookup(self.list)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._registered, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": sorted(lookup(self.list).codes), "x-code-list": self.list}

    def _registered(self, value: str) -> str:
        if value not in lookup(self.list):
            raise PydanticCustomError("unknown_code", "not a code of the list {list}", {"list": self.list})
        return value


def labelled(name: str) -> Callable[[E], E]:
    """Says in which list the members of an enum have their labels: `@labelled("case_status")`.

    The list is a registered one or the service's own, and may hold more codes. Tests and the OpenAPI document refuse
    an enum that says no list, or one with a member that its list does not have.
    """

    def mark(kind: E) -> E:
        def schema_of(schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
            made = handler(schema)
            handler.resolve_ref_schema(made)["x-code-list"] = name
            return made

        kind.code_list = name  # type: ignore[attr-defined]
        kind.__get_pydantic_json_schema__ = staticmethod(schema_of)  # type: ignore[attr-defined]
        return kind

    return mark
