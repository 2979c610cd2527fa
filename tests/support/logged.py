"""The logs of a process, put back to where they were after a test that sends them elsewhere."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logs_as_before() -> Iterator[None]:
    """Within it the root logger may get other handlers and another level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
