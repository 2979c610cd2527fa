"""What the unit tests of intake say over and over: a day, a person who acts, and a refusal by its code."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from shared.errors import Refused
from shared.model import Decided
from shared.testing import ref

DAY = date(2026, 11, 4)
CASE, PERSON, OTHER, STAFF, ORGANISATION = (ref(name) for name in ("case", "person", "other", "staff", "organisation"))


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The rule says no, by this code."""
    with pytest.raises(Refused) as error:
        yield
    assert error.value.code == code


def told(decided: Decided[Any]) -> list[str]:
    """The facts of a decision, by what happened: `case.opened`."""
    return [event.type.partition(".")[2].removesuffix(".v1") for event in decided.events]
