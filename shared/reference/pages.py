"""The pages under docs/ that are written from the code: which events exist, and which command each status allows.

Pure functions to text. The caller writes the files and brings the services, which are not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from inspect import cleandoc
from typing import Any

from shared.auth import Policy, Scope
from shared.contracts.catalogue import producer, today
from shared.contracts.kinds import fields
from shared.journey import Journey
from shared.model import Event, StatusTable
from shared.statuses import next_operations, operation
from shared.writing.commands import Commands, Handler

GENERATED = "<!-- Written by `make docs` from the code. Change the code instead. -->"


def events_page(every: Mapping[str, type[Event]], journeys: Iterable[Journey] = ()) -> str:
    """docs/events.md: every event that is published today with its producer, stream, fields and consumers."""
    journeys = sorted(journeys, key=lambda journey: journey.source)
    told = sorted((event for event in every.values() if event.becomes is None), key=lambda event: event.type)
    parts = [GENERATED, "# Events", _preface(len(told))]
    for source in dict.fromkeys(producer(event) for event in every.values()):
        parts.append(f"## {source}")
        parts.extend(_event(event, _former(every, event), journeys) for event in told if producer(event) == source)
    return "\n\n".join(parts) + "\n"


def states_pages(tables: Mapping[str, Iterable[StatusTable]]) -> dict[str, str]:
    """docs/states/<service>-<thing>.md for every thing of every service."""
    return {
        f"{service}-{table.thing}.md": _states(service, table)
        for service, found in sorted(tables.items())
        for table in sorted(found, key=lambda table: table.thing)
    }


def _former(every: Mapping[str, type[Event]], event: type[Event]) -> list[str]:
    """The types that are no longer published and are read as this one."""
    return [name for name, other in every.items() if other is not event and today(other) is event]


def commands_page(service: str, things: Iterable[Commands[Any]], policy: Policy) -> str:
    """docs/commands/<service>.md: every command of every thing, who may give it, and how it is carried out."""
    parts = [GENERATED, f"# Commands of {service}", COMMANDS]
    for thing in things:
        parts.append("\n".join((f"## {thing.name}", "", *HEAD, *(_command(row, policy) for row in thing))))
    return "\n\n".join(parts) + "\n"


COMMANDS = (
    "*Version* says that `If-Match` is asked for. *By* is the runner for an ordinary command, or the function that "
    "carries it out. A command that no role may give is the service's own, on what it heard."
)
HEAD = ("| Command | Action | What it does | Roles | Version | By |", "|---|---|---|---|---|---|")


def _command(row: Handler, policy: Policy) -> str:
    handling, rules = row.handling, policy.by_action.get(row.handling.action, ())
    roles = ", ".join(sorted({role.value for rule in rules for role in rule.roles}))
    related = " (who work on it)" if rules and all(rule.scopes == (Scope.RELATION,) for rule in rules) else ""
    first = row.explained.partition("\n\n")[0].replace("\n", " ")
    version = "yes" if handling.if_match else "no"
    by = "runner" if row.ordinary else f"`{row.function.__name__}`"
    return f"| `{row.command.__name__}` | `{handling.action}` | {first} | {roles}{related} | {version} | {by} |"


def _preface(many: int) -> str:
    return (
        f"{many} events that the services publish. None carries a name, a text or an exact amount: "
        "only refs, codes, days, months, counts, bands and yes or no. A stream's events are numbered 1, 2, 3 ... per "
        "source and subject. Schemas and samples of all versions stand in [events/](events), the topic in "
        "[asyncapi.json](asyncapi.json)."
    )


def _event(event: type[Event], former: Sequence[str], journeys: Sequence[Journey]) -> str:
    read = f" Also read as this: {', '.join(f'`{name}`' for name in former)}." if former else ""
    heard = [journey.source for journey in journeys if event in journey.hears and journey.source != producer(event)]
    return "\n".join(
        (
            f"### `{event.type}`",
            "",
            cleandoc(event.__doc__ or ""),
            "",
            f"Stream: `{event.stream}`. Received by: {', '.join(heard) or 'nobody yet'}.{read}",
            "",
            "| Field | Kind |",
            "|---|---|",
            *(f"| `{name}` | {kind} |" for name, kind in fields(event).items()),
        )
    )


def _states(service: str, table: StatusTable) -> str:
    """Commands stand inside the status that allows them: where one leads is the rule's decision, not the table's."""
    opening = sorted(operation(command.__name__) for command in table.opening)
    lines = ["stateDiagram-v2", *(f"    [*] --> {_first(table)} : {command}" for command in opening)]
    for status in table.allowed:
        commands = next_operations(table, status)
        lines.extend(f"    {status} : {command}" for command in commands)
        lines.extend([] if commands else [f"    {status} --> [*]"])
    title = f"# {service}: {table.thing.replace('_', ' ')}"
    legend = "Each status with the commands it allows; the first arrow is how it begins."
    return "\n\n".join((GENERATED, title, legend, "```mermaid\n" + "\n".join(lines) + "\n```")) + "\n"


def _first(table: StatusTable) -> str:
    return str(next(iter(table.allowed), "opened"))
