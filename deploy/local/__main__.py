"""`make kafka`, `make postgres` and `make keycloak`: start a part, say which settings use it, and stay until ended."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from deploy.local import kafka as brokers
from deploy.local import keycloak as provider
from deploy.local import postgres as server
from deploy.local.realm import kept_password, realm_of

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Folder = Annotated[Path, typer.Option(help="Where its data lies; found again at the next start.")]


@app.command()
def kafka(
    folder: Folder = Path(".homeward-kafka"),
    size: Annotated[int, typer.Option("--brokers", help="How many: 1 or 3.", min=1, max=3)] = 1,
    port: Annotated[int, typer.Option(help="Of the first broker, if it is free.")] = 9092,
) -> None:
    """Apache Kafka."""
    if todo := brokers.missing():
        typer.echo(f"Kafka cannot start: {todo}", err=True)
        raise typer.Exit(2)
    cluster = brokers.Kafka(folder.resolve(), size, port=port)
    try:
        cluster.start()
        typer.echo(f"export HOMEWARD_KAFKA_BROKERS={cluster.addresses}")
        typer.echo(f"export HOMEWARD_KAFKA_REPLICATION={size}")
        _stay()
    finally:
        cluster.stop()


@app.command()
def postgres(
    folder: Folder = Path(".homeward-postgres"),
    port: Annotated[int, typer.Option(help="Where it listens, if it is free.")] = 5432,
) -> None:
    """PostgreSQL, with an empty database per service."""
    running = server.Postgres(folder.resolve(), port)
    try:
        running.start()
        typer.echo(f"export HOMEWARD_DATABASE_URL='{server.make_databases(running.address)}'")
        _stay()
    finally:
        running.stop()


@app.command()
def keycloak(
    folder: Folder = Path(".homeward-keycloak"),
    port: Annotated[int, typer.Option(help="Where it listens, if it is free.")] = 8080,
    practice: Annotated[Path | None, typer.Option(help="A scenario, whose invented people it knows at once.")] = None,
) -> None:
    """Keycloak, with the realm of deploy/keycloak and a PostgreSQL of its own."""
    if todo := provider.missing():
        typer.echo(f"Keycloak cannot start: {todo}", err=True)
        raise typer.Exit(2)
    people = folder.resolve() / "people"
    running = provider.Keycloak(folder.resolve(), realm_of(practice, kept_password(people)), port)
    try:
        running.start()
        typer.echo(f"export HOMEWARD_ISSUER={running.issuer}")
        typer.echo(f"Console: {running.base}/admin, as {provider.ADMINISTRATOR}; password: {folder}/administrator")
        if practice:
            typer.echo(f"The invented people's password: {folder}/people")
        _stay()
    finally:
        running.stop()


def _stay() -> None:
    """Until Ctrl-C or SIGTERM."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    typer.echo("Running; Ctrl-C ends it.")
    asked.wait()


if __name__ == "__main__":
    app()
