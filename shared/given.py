"""Strict input: a value from outside is never converted from another kind of value.

`as_said` turns the schema of a model that callers fill into a strict one; `shared.model.Given` applies it to every
command and to what is nested in one. `GivenDay` is the same for a day in a query. Values made inside (a date, a moment)
pass as they are, so the same classes serve states and reactions.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

_YEAR = "(?:19[0-9]{2}|20[0-9]{2}|2100)"
_DAY = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}[Tt][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]{{1,9}})?(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"
)
_WHOLE = re.compile(r"[0-9]{1,9}")
_MONTH = rf"^{_YEAR}-(0[1-9]|1[0-2])$"


def day(value: object) -> date:
    """A calendar day: a date, or a string `YYYY-MM-DD` from 1900 to 2100. Never a number, never a moment."""
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_day", "a day is YYYY-MM-DD, from 1900 to 2100")


def moment(value: object) -> Any:
    """An instant: a datetime, or a string as RFC 3339 writes it, with its zone. The calendar is checked after."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise PydanticCustomError("not_a_moment", "an instant is written as in RFC 3339, with its zone")


def whole(value: object) -> Any:
    """A whole number in a query: ASCII digits alone."""
    if type(value) is int or (isinstance(value, str) and _WHOLE.fullmatch(value)):
        return value
    raise PydanticCustomError("not_a_whole_number", "a whole number is written in the digits 0 to 9")


GivenDay = Annotated[date, BeforeValidator(day)]
"""A day in a query or a path."""

GivenMonth = Annotated[str, StringConstraints(pattern=_MONTH)]
"""`YYYY-MM` from 1900 to 2100. What an event carries as a month stays as wide as it was published."""

_WRITTEN = {"date": day, "datetime": moment}


def as_said(schema: object) -> Any:
    """The same schema, in which a boolean, a number, a day and an instant are what they are, never what they could be.

    A nested model is only referred to in it, and is made strict by itself.
    """
    if not isinstance(schema, dict):
        return schema
    kind = schema["type"]
    if kind == "function-before" and schema["function"]["function"] in _WRITTEN.values():
        return schema  # a model that is referred to from many places comes here as often: it is made strict once
    if kind in ("bool", "int"):
        return {**schema, "strict": True}
    if kind in _WRITTEN:
        return core_schema.no_info_before_validator_function(_WRITTEN[kind], schema)
    inner: dict[str, Any] = {}
    if "schema" in schema:
        inner["schema"] = as_said(schema["schema"])
    if "fields" in schema:
        inner["fields"] = {name: as_said(field) for name, field in schema["fields"].items()}
    if "items_schema" in schema:
        items = schema["items_schema"]
        inner["items_schema"] = [as_said(item) for item in items] if isinstance(items, list) else as_said(items)
    return {**schema, **inner}
