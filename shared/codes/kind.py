"""`CodeOf`: the mark that turns a string field into a code of a registered list.

The mark stays on the field, so that OpenAPI and a test over all event models can see which list it is.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.codes.lists import lookup


@dataclass(frozen=True)
class CodeOf:
    """Used as `Annotated[str, CodeOf("exploitation")]`. An unregistered list name is an error where it is written."""

    list: str

    def __post_init__(self) -> None:
        lookup(self.list)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._registered, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": sorted(lookup(self.list).codes), "x-code-list": self.list}

    def _registered(self, value: str) -> str:
        if value not in lookup(self.list):
            raise PydanticCustomError("unknown_code", "not a code of the list {list}", {"list": self.list})
        return value
