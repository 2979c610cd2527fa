"""The commands that may follow for a thing, from the same status table that its rules and diagrams use."""

from collections.abc import Iterable, Mapping

from shared.model import StatusTable


def operation(command_name: str) -> str:
    """`CompleteInterview` is `completeInterview` in the API: a command and its operation share one name."""
    return command_name[:1].lower() + command_name[1:]


def next_operations(table: StatusTable, status: object) -> tuple[str, ...]:
    """The operations that a status allows."""
    return tuple(operation(name) for name in table.next(status))


def asking(actions: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Operations by name, each with the actions that it asks the policy for."""
    return {name: actions[name] for name in names if name in actions}
