"""Where branches are counted, threads are told apart from one another, and only the first one's greenlets as well.

SQLAlchemy's greenlets all live in the thread of the event loop. Coverage asks in every thread, though, and a thread
that has met greenlet ends with a pending call of the interpreter. When two end at once, CPython 3.11 goes round for
ever in the first function that is traced inside such a call: the run stands still, and no timeout ends it.
"""

from itertools import repeat
from typing import Any

import coverage
import pytest


class Anybody:
    """What stands for the greenlet of a thread that has none."""


def without_greenlets(collector: Any) -> None:
    """Let this collector ask no thread that begins from now on."""
    if collector.concur_id_func is not None:
        # No function of Python's: it is asked at each call that is counted.
        collector.concur_id_func = repeat(Anybody()).__next__


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish() -> None:
    """After the start of counting, and before the first test begins a thread."""
    counting = coverage.Coverage.current()
    if counting is not None:
        without_greenlets(counting._collector)
