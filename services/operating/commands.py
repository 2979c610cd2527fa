"""The operators' commands: `check`, `migrate`, `why` and `bus ...`. The work itself is in `work`.

They end with 0 when all is as it should be, with 1 when something is found that is not, and with 2 when they could not
do what was asked. The heavy parts are loaded when a command runs, so that `--help` is there at once.
"""

import asyncio
import os
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from services import SERVICES
from services.operating.terminal import age, read_settings, refuse, tell, tell_machine, tell_table, watched
from shared.bus.reasons import Reason
from shared.settings import SECRET, Settings, variables

bus = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Look after how facts travel.")

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
Services = Annotated[list[str] | None, typer.Option("--service", help="Of this service only; may be repeated.")]
Why = Annotated[Reason, typer.Option("--reason", help="Kept with it.", case_sensitive=False)]
Subject = Annotated[str | None, typer.Argument(help="One stream, such as case/0123...; all of them unless named.")]


def ordered(name: str, *, as_json: bool = False, services: list[str] | None = None, **order: Any) -> dict[str, Any]:
    """The answer to an order, told to machines as it is; ends the command with 2 where it could not be carried out."""
    from services.operating.doing import carry_out
    from services.operating.office import Trouble
    from services.operating.orders import Order
    from shared.observability.logging import configure
    from shared.sealing.keyfile import NoKeys
    from shared.storage.revisions import UnknownRevision

    settings = read_settings()
    configure(settings.log_level)
    named = known(services)
    try:
        with watched() as told:
            wanted = Order(services=named, **order)
            answer = asyncio.run(carry_out(settings, name, wanted, told))
    except (Trouble, UnknownRevision, NoKeys) as trouble:
        refuse(str(trouble))
    if as_json:
        tell_machine(answer)
    return answer


def known(services: list[str] | None) -> tuple[str, ...]:
    """The services that were named; ends the command where one is not ours."""
    if unknown := [service for service in services or () if service not in SERVICES]:
        refuse(f"There is no service {unknown[0]}: {', '.join(SERVICES)}.")
    return tuple(services or ())


@bus.command()
def lag(services: Services = None, as_json: AsJson = False) -> None:
    """How far each service is behind: to publish, to hear, held, parked, to do."""
    answer = ordered("lag", as_json=as_json, services=services)
    if as_json:
        return
    columns = ("service", "told", "to publish", "oldest", "to hear", "lacks", "held", "oldest", "parked", "oldest")
    more = ("unreadable", "to-dos due", "failing", "for people")
    rows = [_lag_row(name, found, answer["told"]) for name, found in answer["services"].items()]
    tell_table("How far the services are behind", (*columns, *more), rows)


def _lag_row(name: str, found: dict[str, Any], told: dict[str, int]) -> tuple[Any, ...]:
    lacks = (f"{source} {told[source] - count}" for source, count in found["heard"].items() if count != told[source])
    waits = (cell for key in ("held", "parked") for cell in _waiting(found[key]))
    unheard = "?" if found["unheard"] is None else found["unheard"]
    rest = found["unreadable"], found["due"]["count"], found["failing"], found["attention"]
    return (name, told[name], *_waiting(found["pending"]), unheard, ", ".join(lacks) or "nothing", *waits, *rest)


def _waiting(found: dict[str, Any]) -> tuple[Any, ...]:
    return found["count"], age(found["oldest"]) if found["count"] else ""


@bus.command()
def parked(services: Services = None, as_json: AsJson = False) -> None:
    """What waits, stream by stream: from which version on, why and since when. Never a payload."""
    answer = ordered("parked", as_json=as_json, services=services)
    if as_json:
        return
    if not answer["streams"]:
        tell("Nothing waits.")
        return
    names = ("service", "source", "subject", "version", "waiting", "why", "since")
    tell_table("What waits", names, [[row[name] for name in names] for row in answer["streams"]])


@bus.command()
def redrive(subject: Subject = None, services: Services = None, as_json: AsJson = False) -> None:
    """Retry, in order, what is held and parked. Ends with 1 when something still waits."""
    answer = ordered("redrive", as_json=as_json, services=services, subject=subject)
    if not as_json:
        rows = [(name, row["subjects"], row["applied"], row["waiting"]) for name, row in answer.items()]
        tell_table("Tried again", ("service", "subjects", "applied", "still waiting"), rows)
    raise typer.Exit(1 if any(row["waiting"] for row in answer.values()) else 0)


@bus.command()
def dismiss(
    subject: Annotated[str, typer.Argument(help="A place such as case-events/3/120, or a stream; see `bus parked`.")],
    reason: Why,
    source: Annotated[str, typer.Option(help="Whose stream it is; none for a record that cannot be read.")] = "",
    version: Annotated[int, typer.Option(help="Which version of the stream is parked for itself.")] = 1,
    services: Services = None,
    as_json: AsJson = False,
) -> None:
    """Take a parked record out of the way for ever; what waits behind it is applied. Ends with 1 if none was there."""
    named = {"source": source} if source else {}
    answer = ordered(
        "dismiss", as_json=as_json, services=services, subject=subject, version=version, reason=reason, **named
    )
    if not as_json:
        rows = [(name, "dismissed" if done else "nothing parked there") for name, done in answer.items()]
        tell_table("Dismissed", ("service", ""), rows)
    raise typer.Exit(0 if any(answer.values()) else 1)


@bus.command()
def skip(
    partition: Annotated[int, typer.Option(help="Of this partition of the topic.")],
    first: Annotated[int, typer.Option("--from", help="The first offset to leave out.")],
    last: Annotated[int, typer.Option("--to", help="The last one.")],
    reason: Why,
    services: Services = None,
    as_json: AsJson = False,
) -> None:
    """Leave out offsets at which a service stands; then verify and refeed. Ends with 1 if none stands there."""
    offsets = {"partition": partition, "first": first, "last": last}
    answer = ordered("skip", as_json=as_json, services=services, offsets=offsets, reason=reason)
    moved = {name: first <= stood <= last for name, stood in answer.items()}
    if not as_json:
        rows = [(name, stood, f"goes on at {last + 1}" if moved[name] else "stays") for name, stood in answer.items()]
        tell_table(f"Partition {partition}", ("service", "stood at", ""), rows)
    raise typer.Exit(0 if any(moved.values()) else 1)


@bus.command("set-aside")
def set_aside(services: Services = None, as_json: AsJson = False) -> None:
    """What was dismissed and skipped on purpose: when, by whom and why."""
    answer = ordered("set_aside", as_json=as_json, services=services)
    if as_json:
        return
    names = ("service", "at", "staff_ref", "source", "subject", "version", "why", "reason")
    tell_table(
        "Set aside", names, [["" if row[name] is None else row[name] for name in names] for row in answer["rows"]]
    )


@bus.command()
def rebuild(services: Services = None, as_json: AsJson = False) -> None:
    """Make the views again from journals and inboxes, while everything runs. Ends with 1 when a step failed."""
    answer = ordered("rebuild", as_json=as_json, services=services)
    if not as_json:
        rows = [(name, row["subjects"], row["changed"], len(row["failed"])) for name, row in answer.items()]
        tell_table("Views made again", ("service", "subjects", "came out otherwise", "failed"), rows)
        for name, row in answer.items():
            for subject in row["failed"]:
                tell(f"{name}: {subject} could not be folded and is as it was")
    raise typer.Exit(1 if any(row["failed"] for row in answer.values()) else 0)


@bus.command()
def refeed(
    subject: Subject = None,
    services: Annotated[
        list[str] | None, typer.Option("--service", help="What this service told; may be repeated.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="From the first fact recorded then, in UTC.")] = None,
    after: Annotated[int, typer.Option(help="Behind this id of the journal; needs one --service.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Publish journals again, for a consumer that is new or has lost something. Services drop what they have."""
    if after and len(services or ()) != 1:
        refuse("Each journal counts for itself: --after needs exactly one --service.")
    from datetime import UTC

    at = None if since is None else since.replace(tzinfo=UTC)
    answer = ordered("refeed", as_json=as_json, services=services, subject=subject, since=at, after=after)
    if not as_json:
        rows = [(name, row["published"], row["reached"]) for name, row in answer.items()]
        tell_table("Published again", ("journal of", "facts", "up to id"), rows)


def adopt(
    services: Annotated[list[str], typer.Argument(help="Whose store was put back, or is the only one left.")],
    as_json: AsJson = False,
) -> None:
    """Let a store that was put back from an older copy go on, in a new generation; nothing newer of it must be left."""
    answer = ordered("adopt", as_json=as_json, services=services)
    if not as_json:
        tell_table("Speaks from now on in", ("service", "generation"), list(answer.items()))


@bus.command()
def verify(
    deep: Annotated[bool, typer.Option("--deep", help="Fold every view once more and compare byte for byte.")] = False,
    patience: Annotated[float, typer.Option(help="Seconds that a fact may still be on its way.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Compare the journals of all services with all views. Ends with 1 unless they are exact."""
    answer = ordered("verify", as_json=as_json, deep=deep, patience=patience)
    if not as_json:
        _tell_verdict(answer)
    raise typer.Exit(0 if answer["exact"] else 1)


def _tell_verdict(answer: dict[str, Any]) -> None:
    names = ("lost", "doubled", "untold", "out_of_order", "different", "waiting", "dismissed", "facet")
    rows = [
        (row["hearer"], row["teller"], row["told"], row["applied"], *(row[name] for name in names))
        for row in answer["views"]
    ]
    tell_table("Journals and views", ("view of", "told by", "told", "in the view", *names), rows)
    for found in answer["findings"]:
        place = f"{found['subject']} {found['version']}"
        tell(f"{found['kind']}: {place}, told by {found['teller']}, in the view of {found['hearer']}")
    tell("[bold green]Exact.[/bold green]" if answer["exact"] else "[bold red]NOT EXACT.[/bold red]")


def check(as_json: AsJson = False) -> None:
    """List every setting; look at the key file, the stores and the bus. Ends with 1 when one of them is not well."""
    from services.operating.checking import look

    settings = read_settings()
    rows = [(name, default, _shown(name, default)) for name, default in variables(Settings).items()]
    points = look(settings)
    if as_json:
        listed = [dict(zip(("name", "default", "value"), row, strict=True)) for row in rows]
        tell_machine({"settings": listed, "checks": [asdict(point) for point in points]})
    else:
        tell_table(f"Settings (data in {settings.data_dir})", ("setting", "default", "value"), rows)
        signs = {True: "well", False: "NOT WELL", None: "not yet"}
        tell_table("Looked at", ("what", "is", ""), [(point.what, signs[point.ok], point.says) for point in points])
    raise typer.Exit(1 if any(point.ok is False for point in points) else 0)


def _shown(name: str, default: str) -> str:
    """The value of a setting; that it is set, where it is a secret."""
    value = os.environ.get(name, default)
    return "(set)" if value and name in SECRET else value


def why(
    request_id: Annotated[str, typer.Argument(help="The number of a request: Request-Id of its answer.")],
    as_json: AsJson = False,
) -> None:
    """What came of one request, in plain words and without private values. Ends with 1 when no store knows of it."""
    from services.operating.why import in_words

    answer = ordered("why", as_json=as_json, request_id=request_id)
    lines = list(in_words(answer))
    if not as_json:
        for line in lines or (f'No store has anything of it. Look in the log for "request_id": "{request_id}".',):
            tell(line)
    raise typer.Exit(0 if lines else 1)


def migrate(
    new_stores: Annotated[
        list[str] | None, typer.Option("--new-store", help="Begin this service's store empty beside the others.")
    ] = None,
    keys_lost: Annotated[
        list[str] | None, typer.Option("--keys-lost", help="Let this service go on without the keys that are lost.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring every store to its newest revision; make databases' tables and the master key where nothing is yet."""
    from sqlalchemy.exc import SQLAlchemyError

    from services.operating.migrating import bring_up
    from services.operating.office import Trouble
    from shared.sealing.keyfile import NoKeys
    from shared.sealing.wrapping import AWAY, KeyServiceAway
    from shared.storage.presence import StoreMissing
    from shared.storage.revisions import UnknownRevision

    try:
        rows = bring_up(read_settings(), known(new_stores), known(keys_lost))
    except (Trouble, UnknownRevision, NoKeys, StoreMissing) as trouble:
        refuse(str(trouble))
    except KeyServiceAway:
        refuse(AWAY)
    except (OSError, SQLAlchemyError) as error:
        refuse(f"A database could not be reached or changed ({type(error).__name__}).")
    if as_json:
        tell_machine({name: {"was": was, "is": now} for name, was, now in rows})
    else:
        tell_table("Revisions", ("store of", "was", "is"), [(name, was or "new", now) for name, was, now in rows])
