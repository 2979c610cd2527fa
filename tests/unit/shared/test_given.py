"""What comes from outside is what it says: a wrong kind of value is refused in every field of every command."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.model import Model, Name, Narrative
from tests.support.given import given_models, leaf, not_given

NO_DAY = "0|20240101|2024-1-1|2024-02-30|1899-12-31|2101-01-01|2024-01-01T00:00:00|២០២៤-០១-០១| 2024-01-01|2024-01-01\n"
NO_MOMENT = (
    "0|2024-01-01|2024-01-01T00:00:00|2024-01-01 00:00:00Z|"
    "2024-01-01T00:00:00+0700|2024-01-01T00:00Z|២០២៤-01-01T00:00:00Z"
)
WRONG: dict[type, list[Any]] = {
    bool: ["on", "true", "1", 1, 0, 1.0, ["on"]],
    int: ["3", 3.0, True, "៣", [3]],
    date: [0, 1.5, True, datetime(2024, 1, 1, tzinfo=UTC), *NO_DAY.split("|")],
    datetime: [0, 1700000000, True, "9999-12-31T00:00:00Z", *NO_MOMENT.split("|")],
    str: [1, 1.5, True, {}, [1]],
}
RIGHT: dict[type, list[str]] = {
    date: ["1900-01-01", "2100-12-31"],
    datetime: ["2024-01-01T00:00:00Z", "2024-01-01T07:00:00.123+07:00"],
}


def _faults(model: type[Model], name: str, value: Any) -> list[Any]:
    try:
        model.model_validate({name: value})
    except ValidationError as invalid:
        return [error for error in invalid.errors() if error["loc"][:1] == (name,) and error["type"] != "missing"]
    return []


@pytest.mark.parametrize("model", given_models(), ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_no_value_is_guessed_from_another_kind(model: type[Model]) -> None:
    for name, info in model.model_fields.items():
        kind, many = leaf(info.annotation)
        known: Any = next((known for known in WRONG if isinstance(kind, type) and issubclass(kind, known)), None)
        for value in WRONG.get(known, []):
            assert _faults(model, name, [value] if many else value), (name, value)
        for value in RIGHT.get(known, []):
            assert {fault["type"] for fault in _faults(model, name, value)} <= {
                "greater_than_equal",
                "less_than_equal",
            }, (name, value)


def test_whatever_is_nested_in_a_command_is_as_strict() -> None:
    assert not_given() == []


class Said(Model):
    """A line and a text."""

    line: Name | None = None
    text: Narrative | None = None


BLANK = ["\u200b", "ㅤ", "ᅟᅠ", "⠀", "\u200c\u200d", "\xad", "️", "\U000e0041", "\u2060 \u3000"]


@pytest.mark.parametrize("value", BLANK, ids=ascii)
@pytest.mark.parametrize("name", ["line", "text"])
def test_what_shows_nothing_is_blank(name: str, value: str) -> None:
    assert [fault["type"] for fault in _faults(Said, name, value)] == ["text_blank"]


TURNING = "\u2028\u202a\u202e\u2066\u2069"


@pytest.mark.parametrize("mark", [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *TURNING])
def test_a_line_has_no_controls_and_turns_no_direction(mark: str) -> None:
    assert [fault["type"] for fault in _faults(Said, "line", f"a{mark}b")] == ["text_with_controls"]
    refused = mark not in f"\n\t{TURNING}"
    assert bool(_faults(Said, "text", f"a{mark}b")) is refused


@pytest.mark.parametrize("value", ["ស\u200bុ\u200cខ\u200d", " Sok ", "Nguye\u0302\u0303n", "\u200eسوك\u200f"], ids=ascii)
def test_a_text_is_kept_as_written(value: str) -> None:
    assert Said.model_validate({"line": value, "text": f"{value}\r\n\t{value}"}).line == value
