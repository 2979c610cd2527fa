"""The `homeward` command: play the story, run the product, look after it, write the generated documents."""

import asyncio
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services import SERVICES
from services.operating import access_commands, backup_commands, client_commands, commands, loss_commands
from services.operating.audit_commands import audit
from services.operating.directory_commands import directory
from services.operating.key_commands import keys
from services.operating.screening_commands import screening
from services.operating.terminal import console, read_settings, refuse
from shared.settings import Settings
from shared.storage.damage import DamagedFile, refuse_damaged_in
from shared.storage.folder import Taken, refuse_taken

if TYPE_CHECKING:
    from services.hosting.serving import Server

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
STORY = Path("examples/long-an-33")
BANNER = "PRACTICE ONLY: it runs without what HOMEWARD_ENV=production asks for. Never enter the data of real people."


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"homeward {installed('homeward')}")
        raise typer.Exit


@app.callback(help=__doc__)
def homeward(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is, and end.")
    ] = False,
) -> None:
    """What stands before every command: nothing but the version."""


def _embedded(settings: Settings, folder: Path = STORY) -> "Server":
    from services.hosting.serving import loading, server

    with loading():
        from services.hosting.embedded import Embedded
        from services.issuing.people import people_in
        from shared.hosting import NotStarted
        from shared.sealing.keyfile import NoKeys
        from shared.sealing.wrapping import AWAY, KeyServiceAway
        from shared.storage.presence import StoreMissing
        from shared.storage.snapshots import NotCopied

        try:
            return server(Embedded(settings, people=people_in(folder)), settings)
        except (NoKeys, NotStarted, StoreMissing, NotCopied) as trouble:
            refuse(str(trouble))
        except KeyServiceAway:
            refuse(AWAY, 1)


def _apart(settings: Settings, service: str, practice: Path | None) -> "Server":
    from services.hosting.serving import loading, server

    with loading():
        from services.hosting.alone import alone
        from services.hosting.apart import Apart
        from services.issuing.people import people_in
        from shared.hosting import NotStarted
        from shared.sealing.keyfile import NoKeys
        from shared.sealing.wrapping import AWAY, KeyServiceAway
        from shared.storage.once import NOT_REACHED

        try:
            people = people_in(practice) if practice else None
            return server(alone(settings, service) if service else Apart(settings, people), settings)
        except (NotStarted, NoKeys) as trouble:
            refuse(str(trouble))
        except KeyServiceAway:
            refuse(AWAY, 1)
        except NOT_REACHED as error:
            refuse(f"The store of keys cannot be reached ({type(error).__name__}).", 1)


def _say_what_it_is_for(settings: Settings) -> None:
    """In production there are an issuer, TLS and a witness, or nothing starts; anything else is for practice."""
    if not settings.production:
        console.print(f"[bold yellow]{BANNER}[/bold yellow]")


def _must_be_ours(settings: Settings) -> None:
    """Before anything in the folder is moved or opened: one process writes it."""
    try:
        refuse_taken(settings.data_dir)
    except Taken as taken:
        console.print(f"[red]{taken}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None


def _must_be_sound(settings: Settings) -> None:
    """Before anything is opened for work. Large files are read through by `homeward check` alone."""
    try:
        refuse_damaged_in(settings.data_dir)
    except DamagedFile as damaged:
        refuse(str(damaged))


def _must_be_free(settings: Settings, ports: int = 1) -> None:
    from services.hosting.serving import taken

    for port in range(settings.port, settings.port + ports):
        if taken(settings.host, port):
            console.print(f"[red]Port {port} is taken. Set HOMEWARD_PORT to another one.[/red]")
            raise typer.Exit(2)


def _addresses(settings: Settings, services: Iterable[str]) -> None:
    for service in services:
        console.print(f"  http://{settings.host}:{settings.port}/{service}/docs", highlight=False)


@app.command()
def run() -> None:
    """Start the four services, empty, on one port, and stay until interrupted."""
    settings = read_settings(serving=True)
    _must_be_free(settings)
    _must_be_ours(settings)
    _must_be_sound(settings)
    _say_what_it_is_for(settings)
    serving = _embedded(settings)
    serving.listening = partial(_addresses, settings, SERVICES)
    serving.run()


@app.command()
def up(
    service: Annotated[str, typer.Argument(help="One of the four; all of them unless named.")] = "",
    port: Annotated[int, typer.Option(help="Where to listen; HOMEWARD_PORT unless given.")] = 0,
    practice: Annotated[Path | None, typer.Option(help="A scenario, whose invented people may sign in.")] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
) -> None:
    """Start one service in a process of its own, or all four so behind one address, on PostgreSQL and Kafka."""
    settings = read_settings(serving=True, practice="--practice" if practice else "")
    settings = settings.model_copy(update={"port": port or settings.port})
    if service not in {"", *SERVICES}:
        console.print(f"[red]There is no service {service}: {', '.join(SERVICES)}.[/red]", highlight=False)
        raise typer.Exit(2)
    _must_be_free(settings, 1 if service else 1 + len(SERVICES))
    serving = _apart(settings, service, practice)
    if until_eof:
        import_module("services.hosting.serving").stop_at_end_of_input(serving)
    else:
        _say_what_it_is_for(settings)
        serving.listening = partial(_addresses, settings, (service,) if service else SERVICES)
    serving.run()
    raise typer.Exit(0 if serving.started else 1)


@app.command()
def demo(
    scenario: Annotated[Path, typer.Option(help="A folder of the same form as examples/long-an-33.")] = STORY,
    leave: Annotated[bool, typer.Option("--exit", help="Stop when the story is told, also at a terminal.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Set the data folder aside and begin anew.")] = False,
    at: Annotated[str, typer.Option(help="The address of a product that runs already; starts none.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="With --at: what all its people sign in with.")] = None,
) -> None:
    """Play a scenario over HTTP only, then show what the four services know."""
    from story.scenario import load
    from story.sheet import UnusableScenario
    from story.telling import UNUSABLE, tell, tell_at

    settings = read_settings(practice="The demo")
    if at:
        password = password_file.read_text("utf-8").strip() if password_file else ""
        raise typer.Exit(asyncio.run(tell_at(at.rstrip("/"), scenario, console, password)))
    # Before anything is moved: a product that still runs here would lose the folder under its open files.
    _must_be_free(settings)
    _must_be_ours(settings)
    try:
        load(scenario)
    except UnusableScenario as unusable:
        console.print(str(unusable), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None
    if fresh and settings.data_dir.exists():
        aside = settings.data_dir.with_name(f"{settings.data_dir.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        shutil.move(settings.data_dir, aside)
        console.print(f"The old folder is now {aside}", highlight=False)
    _must_be_sound(settings)
    console.print(f"[bold yellow]{BANNER}[/bold yellow]")
    stay = sys.stdin.isatty() and sys.stdout.isatty() and not leave
    raise typer.Exit(asyncio.run(tell(settings, scenario, _embedded(settings, scenario), console, stay=stay)))


@app.command()
def token(
    as_: Annotated[str, typer.Option("--as", help="Whose: a name as in story.toml, such as thary-transit.")],
) -> None:
    """Print an access token of one of the invented people, for five minutes, as the last line."""
    from services.issuing.signing import Unknown, signed_for

    settings = read_settings(practice="homeward token")
    if settings.issuer:
        refuse("HOMEWARD_ISSUER names who signs people in; the development issuer is not there.")
    try:
        typer.echo(signed_for(settings, as_))
    except Unknown:
        refuse("The development issuer knows nobody of that name: it knows those whose scenario ran in this folder.")


@app.command()
def docs() -> None:
    """Write the pages under docs/ again from the code, and once what is kept of each event."""
    for path in import_module("services.hosting.documents").write_documents(Path("docs")):
        console.print(str(path), highlight=False)


app.command()(client_commands.client)
app.command()(commands.check)
app.command()(commands.migrate)
app.command()(backup_commands.backup)
app.command()(backup_commands.restore)
app.command()(commands.why)
app.command()(commands.adopt)
app.command()(loss_commands.lost)
commands.bus.command()(access_commands.access)
app.add_typer(commands.bus, name="bus")
app.add_typer(keys, name="keys")
app.add_typer(audit, name="audit")
app.add_typer(directory, name="directory")
app.add_typer(screening, name="screening")


def main() -> None:
    """The entry point of the `homeward` command."""
    app()


if __name__ == "__main__":
    main()
