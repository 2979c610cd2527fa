"""The commands that may follow for a thing, from the same status table that its rules and diagrams use."""

from shared.model import StatusTable


def operation(command_name: str) -> str:
    """`CompleteInterview` is `completeInterview` in the API: a command and its operation share one name."""
    return command_name[:1].lower() + command_name[1:]


def next_operations(table: StatusTable, status: object) -> tuple[str, ...]:
    """The operations that a status allows."""
    return tuple(operation(name) for name in table.next(status))
