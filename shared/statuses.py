"""The commands that may follow for a thing, from the same status table that its rules and diagrams use."""

import sys
from collections.abc import Callable
from typing import Any

from shared.model import StatusTable


def operation(command_name: str) -> str:
    """`CompleteInterview` is `completeInterview` in the API: a command and its operation share one name."""
    return command_name[:1].lower() + command_name[1:]


def next_operations(table: StatusTable, status: Any) -> tuple[str, ...]:
    """The operations that a status allows."""
    return tuple(operation(name) for name in table.next(status))


def table_beside(handler: Callable[..., Any]) -> StatusTable | None:
    """The status table of a handler's own thing: its table's, or `domain.STATUSES` beside it."""
    known: StatusTable | None = getattr(handler, "statuses", None)
    if known is not None:
        return known
    domain = sys.modules.get(handler.__module__.rpartition(".")[0] + ".domain")
    return getattr(domain, "STATUSES", None)


def next_commands(handler: Callable[..., Any], status: str | None) -> tuple[str, ...]:
    """The operations allowed now, by the status table of the handler's own thing."""
    table = table_beside(handler)
    return () if table is None or status is None else next_operations(table, status)
