"""The `homeward` command: play the story, run the product, check the settings, write the generated documents."""

import asyncio
import json
import os
import shutil
import socket
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from shared.logging import configure
from shared.settings import SECRET, Settings, UnknownSetting, refuse_unknown, variables

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
console = Console()
STORY = Path("examples/long-an-33")
BANNER = "PRACTICE ONLY: callers are not verified yet. Never enter the data of real people."


def _settings() -> Settings:
    try:
        refuse_unknown(os.environ, Settings)
        return Settings()
    except (UnknownSetting, ValueError) as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from None


def _server(settings: Settings) -> uvicorn.Server:
    from services.embedded import Embedded

    configure(settings.log_level)
    config = uvicorn.Config(
        Embedded(settings), host=settings.host, port=settings.port, log_config=None, lifespan="on", access_log=False
    )
    return uvicorn.Server(config)


def _must_be_free(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            console.print(f"[red]Port {settings.port} is taken. Set HOMEWARD_PORT to another one.[/red]")
            raise typer.Exit(2) from None


@app.command()
def run() -> None:
    """Start the four services, empty, on one port, and stay until interrupted."""
    settings = _settings()
    _must_be_free(settings)
    console.print(f"[bold yellow]{BANNER}[/bold yellow]")
    for service in ("intake", "screening", "referrals", "grants"):
        console.print(f"  http://{settings.host}:{settings.port}/{service}/docs", highlight=False)
    asyncio.run(_server(settings).serve())


@app.command()
def demo(
    scenario: Annotated[Path, typer.Option(help="A folder of the same form as examples/long-an-33.")] = STORY,
    leave: Annotated[bool, typer.Option("--exit", help="Stop when the story is told, also at a terminal.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Set the data folder aside and begin anew.")] = False,
) -> None:
    """Play a scenario over HTTP only, then show what the four services know."""
    from services.story.telling import tell

    settings = _settings()
    # Before anything is moved: a product that still runs here would lose the folder under its open files.
    _must_be_free(settings)
    if fresh and settings.data_dir.exists():
        aside = settings.data_dir.with_name(f"{settings.data_dir.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        shutil.move(settings.data_dir, aside)
        console.print(f"The old folder is now {aside}", highlight=False)
    console.print(f"[bold yellow]{BANNER}[/bold yellow]")
    stay = sys.stdin.isatty() and sys.stdout.isatty() and not leave
    raise typer.Exit(asyncio.run(tell(settings, scenario, _server(settings), console, stay=stay)))


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """List every setting with its default and its value, and refuse unknown ones."""
    settings = _settings()
    rows = [(name, default, _shown(name, default)) for name, default in variables(Settings).items()]
    if as_json:
        console.print_json(json.dumps([dict(zip(("name", "default", "value"), row, strict=True)) for row in rows]))
        return
    table = Table("setting", "default", "value", title=f"Settings (data in {settings.data_dir})")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _shown(name: str, default: str) -> str:
    """The value of a setting; that it is set, where it is a secret."""
    value = os.environ.get(name, default)
    return "(set)" if value and name in SECRET else value


@app.command()
def docs() -> None:
    """Write docs/events.md and docs/states/ again from the code."""
    for path in import_module("services.embedded").write_documents(Path("docs")):
        console.print(str(path), highlight=False)


def main() -> None:
    """The entry point of the `homeward` command."""
    app()


if __name__ == "__main__":
    main()
