"""No value of somebody's life gets into a log, even when an error carries it."""

import json
import logging
from collections.abc import Iterator

import pytest

from shared.observability.logging import configure

NAME = "Sok Dara"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def test_only_declared_keys_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING")
    logging.getLogger("shared.x").error("loop failed", extra={"loop": "relay", "name_of_person": NAME})
    written = json.loads(capsys.readouterr().err)
    assert written["event"] == "loop failed"
    assert written["loop"] == "relay"
    assert written["level"] == "error"
    assert NAME not in str(written)


def test_an_error_is_logged_by_its_kind_and_place_alone(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING")
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    text = capsys.readouterr().err
    written = json.loads(text)
    assert written["error"] == "ValueError"
    assert "test_logging.py" in written["at"]
    assert NAME not in text


def test_what_is_below_the_level_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure("ERROR")
    logging.getLogger("shared.x").warning("stream waits")
    assert capsys.readouterr().err == ""
