"""`make demo BUS=kafka DB=postgres`: the story in the production form, on a real broker and a real database server.

With ISSUER=keycloak the people of the story are in Keycloak, and sign in there by its pages.

It starts what HOMEWARD_KAFKA_BROKERS and HOMEWARD_DATABASE_URL do not name, in a folder that is removed at the end, and
does what an operator would do: migrate, up, the story over HTTP, bus verify. It plays by these commands alone.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.local import kafka, keycloak, postgres
from deploy.local.realm import kept_password, realm_of

PATIENCE = 200.0
STORY, DIRECTORY = "examples/long-an-33", "examples/directory.toml"
REFUSED = 2
COMMAND = [sys.executable, "-m", "services"]

Environment = dict[str, str]


def demo(
    scenario: Annotated[str, typer.Option(help="A folder of the same form as examples/long-an-33.")] = STORY,
    leave: Annotated[bool, typer.Option("--exit", help="Stop when all is done, also at a terminal.")] = False,
    provider: Annotated[
        bool, typer.Option("--keycloak", help="Start Keycloak, and let everybody sign in there.")
    ] = False,
) -> None:
    """Play a scenario with four service processes on Apache Kafka and PostgreSQL, then compare journals and views."""
    # Asked to end, it leaves nothing running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        environment = os.environ | parts(stack)
        form, people = ["--practice", scenario], list[str]()
        if provider:
            environment["HOMEWARD_ISSUER"], password = _keycloak(stack, Path(scenario))
            form, people = [], ["--password-file", password]
        homeward(environment, "migrate")
        if provider:
            # The development issuer would begin it. In a database that was given it may have begun.
            homeward(environment, "directory", "begin", DIRECTORY, passing=(REFUSED,))
        address = stack.enter_context(running(environment, "up", *form))
        homeward(environment, "demo", "--at", address, "--scenario", scenario, *people)
        homeward(environment, "bus", "verify")
        if sys.stdin.isatty() and not leave:
            typer.echo("Still running; Ctrl-C ends it.")
            _until_interrupted()


def parts(stack: ExitStack) -> Environment:
    """Settings for what is started here; nothing for what was given."""
    found: Environment = {}
    folder = Path(tempfile.mkdtemp(prefix="homeward-demo-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    if not os.environ.get("HOMEWARD_KAFKA_BROKERS"):
        found["HOMEWARD_KAFKA_BROKERS"] = _kafka(stack, folder / "kafka")
    if not os.environ.get("HOMEWARD_DATABASE_URL"):
        server = postgres.Postgres(folder / "postgres")
        stack.callback(server.stop)
        server.start()
        # Wrapped keys lie in that server, so what opens them lives as long.
        found["HOMEWARD_DATABASE_URL"] = postgres.make_databases(server.address)
        found["HOMEWARD_DATA_DIR"] = str(folder / "data")
    return found


def _kafka(stack: ExitStack, folder: Path) -> str:
    if missing := kafka.missing():
        typer.secho(f"THERE IS NO APACHE KAFKA HERE: {missing}, or set HOMEWARD_KAFKA_BROKERS.", fg="red", err=True)
        raise typer.Exit(2)
    typer.echo("Starting Apache Kafka and PostgreSQL ...")
    cluster = kafka.Kafka(folder)
    stack.callback(cluster.stop)
    cluster.start()
    return cluster.addresses


def _keycloak(stack: ExitStack, scenario: Path) -> tuple[str, str]:
    """The address of an issuer that knows this scenario's people, and the file of the password of all of them."""
    if missing := keycloak.missing():
        typer.secho(f"THERE IS NO KEYCLOAK HERE: {missing}.", fg="red", err=True)
        raise typer.Exit(2)
    typer.echo("Starting Keycloak ...")
    folder = Path(tempfile.mkdtemp(prefix="homeward-keycloak-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    password = folder / "people"
    server = keycloak.Keycloak(folder, realm_of(scenario, kept_password(password)))
    stack.callback(server.stop)
    server.start()
    return server.issuer, str(password)


def homeward(environment: Environment, *words: str, passing: Collection[int] = ()) -> None:
    """One command of the product. When it fails, this one ends with its status, unless that may pass."""
    status = subprocess.run([*COMMAND, *words], env=environment, check=False).returncode
    if status and status not in passing:
        raise typer.Exit(status)


@contextmanager
def running(environment: Environment, *form: str) -> Iterator[str]:
    """The product as four processes (`up`), or in one (`run`); its one address."""
    port = environment.get("HOMEWARD_PORT", "8470")
    process = subprocess.Popen([*COMMAND, *form], env=environment, stdin=subprocess.DEVNULL)
    try:
        address = f"http://{environment.get('HOMEWARD_HOST', '127.0.0.1')}:{port}"
        _await(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise typer.Exit(process.returncode or 1)


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    typer.run(demo)
