"""Examples of requests and answers, invented from the schemas alone: the same schema always has the same example.

No person, place or text in them was ever real. A field whose value cannot be invented from its schema needs a line in
`WRITTEN`; the test that validates every example finds it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.codes import Lists

Schema = dict[str, Any]
DAY = date(2025, 11, 4)
MOMENT = datetime(2025, 11, 4, 3, 0, tzinfo=UTC)
LONGEST_LINE = 200

WRITTEN = ("2025-11", "+85512345678", "12", "1208", "2025.1", "office@example.org", "KHM-2025-1", "2A4-B6C-8D9E", "a")
"""What is tried against a pattern."""

WORDS = {
    "name": "Invented House",
    "full_name": "Chan Dara",
    "family_name": "Chan",
    "given_name": "Dara",
    "email": "office@example.org",
    "number": "INVENTED-1",
    "case_number": "2A4-B6C-8D9E",
}


def ref(name: str) -> str:
    """A ref that belongs to nothing."""
    return hashlib.sha256(f"example:{name}".encode()).hexdigest()[:32]


class Examples:
    """Examples out of the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Schema], lists: Lists) -> None:
        self._schemas, self._lists = schemas, lists

    def of(self, schema: Schema, name: str = "") -> Any:
        """A value that such a field may hold."""
        match schema:
            case {"examples": [first, *_]}:
                return first
            case {"default": first} if first not in (None, []):
                return first
            case {"$ref": place}:
                return self.of(self._schemas[place.rpartition("/")[2]], name)
            case {"x-code-list": codes, "enum": known}:
                found = self._lists[codes].codes.values()
                return next(code.code for code in found if code.valid_to is None and code.code in known)
            case {"anyOf": choices}:
                return self.of(next(choice for choice in choices if choice != {"type": "null"}), name)
            case {"enum": [first, *_]} | {"const": first}:
                return first
            case {"type": "array"}:
                fewest = max(1, schema.get("minItems", 1))
                items = schema.get("items", {"type": "string"})
                return [self.of(items, name + str(number or "")) for number in range(fewest)]
            case {"properties": properties}:
                return {field: self.of(part, field) for field, part in properties.items()}
            case {"type": "boolean"}:
                return True
            case {"type": "integer" | "number"}:
                return _number(schema)
            case {"type": "string"}:
                return _text(schema, name)
        return {}

    def request(self, schema: Schema, model: type[BaseModel]) -> Any:
        """A body that the model takes: all its fields, less those that it will not have beside the others."""
        body = self.of(schema)
        while True:
            try:
                model.model_validate_json(_json(body))
            except ValidationError as error:
                without = _without(body, model, error)
                if without == body:
                    return body
                body = without
            else:
                return body


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _without(body: dict[str, Any], model: type[BaseModel], error: ValidationError) -> dict[str, Any]:
    """The body without the optional fields that an error names; without any optional one where it names none."""
    optional = {name for name, field in model.model_fields.items() if not field.is_required()}
    named = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]} & optional
    return {name: value for name, value in body.items() if name not in (named or optional)}


def _number(schema: Schema) -> int:
    least = max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -1) + 1)
    return int(min(max(3, least), schema.get("maximum", 3)))


def _text(schema: Schema, name: str) -> str:
    if "pattern" in schema:
        tried = (ref(name), DAY.isoformat(), MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ"), *WRITTEN)
        return next((text for text in tried if re.search(schema["pattern"], text)), "")
    match schema.get("format"):
        case "date":
            return DAY.isoformat()
        case "date-time":
            return MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")
    if name in WORDS:
        return WORDS[name]
    words = name.replace("_", " ").strip() or "text"
    return f"Invented {words}." if schema.get("maxLength", 0) > LONGEST_LINE else f"invented {words}"
