"""Where branches are counted, a thread of a test asks nothing of greenlet."""

import threading
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import coverage

from tests.support.counted import Anybody, without_greenlets

# It has no types.
getcurrent: Any = import_module("greenlet").getcurrent


def test_a_collector_that_asks_for_greenlets_does_so_no_more() -> None:
    collector = SimpleNamespace(concur_id_func=getcurrent)
    without_greenlets(collector)
    first, second = collector.concur_id_func(), collector.concur_id_func()
    assert isinstance(first, Anybody)
    assert first is second


def test_one_that_asks_for_none_stays() -> None:
    collector = SimpleNamespace(concur_id_func=None)
    without_greenlets(collector)
    assert collector.concur_id_func is None


def test_a_thread_that_begins_is_counted_so() -> None:
    counting = coverage.Coverage(data_file=None, config_file=False, concurrency=["thread", "greenlet"])
    asked: list[object] = []
    counting.start()
    try:
        collector: Any = counting._collector
        assert collector.concur_id_func is getcurrent
        without_greenlets(collector)
        beginning = threading.Thread(target=lambda: asked.append(collector.tracers[-1].concur_id_func))
        beginning.start()
        beginning.join()
    finally:
        counting.stop()
    assert asked == [collector.concur_id_func]
    assert asked != [getcurrent]
