"""Asserting that a rule refuses, by its stable code."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.errors import Refused


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What happens inside is refused with that code."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
