"""Logs as lines of JSON on standard error: a static message and declared keys, never a value of somebody's life.

A key that is not declared here is dropped, whatever a module passes, so that nothing private can be logged by mistake.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, merge_contextvars
from structlog.types import EventDict, WrappedLogger

KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "service",
        "loop",
        "error",
        "restarts",
        "reaction",
        "cause",
        "source",
        "subject",
        "version",
        "why",
        "count",
        "partition",
        "place",
        "waiting",
        "at",
        "request_id",
        "callers_id",
    }
)


def declared_only(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """Drop every key that is not declared."""
    return {key: value for key, value in entry.items() if key in KEYS}


def kind_of_error(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """An exception as its kind and the line that raised it. Its text may hold what somebody sent."""
    record = entry["_record"]
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        lines = traceback.extract_tb(error.__traceback__)
        entry["error"] = type(error).__name__
        entry["at"] = f"{lines[-1].filename}:{lines[-1].lineno}" if lines else "unknown"
    return entry


def of_request(request_id: str) -> None:
    """Name the request that this task answers: each log line of it says so, also from threads at work for it."""
    bind_contextvars(request_id=request_id)


@contextmanager
def of_to_do(request_id: str, cause: str) -> Iterator[None]:
    """Name the request behind what is done while inside, long after it was answered, and the fact that caused it."""
    with bound_contextvars(request_id=request_id, cause=cause):
        yield


def configure(level: str) -> None:
    """Send every log record of this process through the declared keys. Called once, at start."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            kind_of_error,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            declared_only,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The Kafka client says at each try what we say once, and at DEBUG what every record holds.
    logging.getLogger("aiokafka").setLevel("WARNING" if level == "DEBUG" else "CRITICAL")
