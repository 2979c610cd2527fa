"""The commands that may follow for a thing, from the same status table that its rules and diagrams use."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.model import StatusTable


def operation(command_name: str) -> str:
    """`CompleteInterview` is `completeInterview` in the API: a command and its operation share one name."""
    return command_name[:1].lower() + command_name[1:]


def next_operations(table: StatusTable, status: object) -> tuple[str, ...]:
    """The operations that a status allows."""
    return tuple(operation(name) for name in table.next(status))


def operations_of(table: StatusTable, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The operations that a thing's own row allows: by its status, and by all else that its rules ask of it."""
    return tuple(operation(name) for name in table.next_of(row))


def asking(actions: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Operations by name, each with the actions that it asks the policy for."""
    return {name: actions[name] for name in names if name in actions}
