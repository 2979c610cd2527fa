"""`make drill`: the story, a backup, everything destroyed, a restore, and the same tables again; times and sizes.

On files, or with BUS=kafka DB=postgres on a real broker and a real database server, where `--lose-topic` destroys the
topic as well. It does what an operator would do, by the product's commands only, in a folder that is gone afterwards.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.admin import AIOKafkaAdminClient
from pyrage import x25519

from deploy.local import postgres
from deploy.local.demo import COMMAND, STORY, Environment, parts, running
from deploy.local.ports import free_ports

TABLES = "Reconciliation"
"""The heading of the first table: from there on the output does not depend on how the story was played."""
END = "The same as a page"
FORMS = {False: ("run",), True: ("up", "--practice", STORY)}
"""How the product runs without servers and with them."""
Destroy = Callable[[], None]


@dataclass
class Drill:
    """One drill. What each step took is told when all is done."""

    folder: Path
    environment: Environment
    form: tuple[str, ...]
    took: dict[str, float] = field(default_factory=dict)

    def step(self, what: str, *words: str, environment: Environment | None = None) -> str:
        """One command of the product; what it says. When it fails, the drill ends with its status."""
        begun = time.monotonic()
        command = [*COMMAND, *words]
        done = subprocess.run(
            command, env=environment or self.environment, stdout=subprocess.PIPE, text=True, check=False
        )
        self.took[what] = time.monotonic() - begun
        if done.returncode:
            typer.echo(done.stdout)
            typer.secho(f"FAILED: {what}", fg="red", err=True)
            raise typer.Exit(done.returncode)
        return done.stdout

    def told(self, what: str) -> str:
        """Start, play the story, and look whether all is exact; the tables of the story."""
        with running(self.environment, *self.form) as address:
            said = self.step(what, "demo", "--at", address)
            self.step(f"{what}: verify --deep", "bus", "verify", "--deep")
        return said[said.index(TABLES) : said.index(END)]

    def backed_up(self, identity: x25519.Identity) -> tuple[str, ...]:
        """Take a backup; the words that restore it."""
        file, key = self.folder / "backup.age", self.folder / "master.key"
        self.step("backup", "backup", str(file), "--recipient", str(identity.to_public()))
        shutil.copy(Path(self.environment["HOMEWARD_DATA_DIR"]) / "master.key", key)
        who = self.folder / "identity.txt"
        who.touch(mode=0o600)
        who.write_text(f"{identity}\n", "utf-8")
        # The copy that came with the backup: that of this place is destroyed with everything else.
        ledger = f"{file}.erasures"
        return "restore", str(file), "--identity", str(who), "--master-key", str(key), "--ledger", ledger

    def figures(self) -> None:
        """What each step took, and how large the backup is."""
        for what, seconds in self.took.items():
            typer.echo(f"{what:40} {seconds:6.1f} s")
        for file in sorted(self.folder.glob("backup.age*")):
            typer.echo(f"{file.name:40} {file.stat().st_size / 1e6:6.2f} MB")


def drill(
    servers: Annotated[bool, typer.Option(help="On PostgreSQL and Kafka, in four processes.")] = False,
    lose_topic: Annotated[bool, typer.Option(help="Destroy the topic too.")] = False,
) -> None:
    """Play the story, back it up, destroy it, restore it, and find the same tables, exact."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="homeward-drill-")))
        # Other settings of whoever calls would be other places.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_DATA")}
        environment = clean | {"HOMEWARD_DATA_DIR": str(folder / "data")} | (parts(stack) if servers else {})
        # One for all, and one for each service.
        environment["HOMEWARD_PORT"] = str(free_ports(1, together=5)[0])
        environment["PATH"] = f"{postgres.PROGRAMS}{os.pathsep}{environment['PATH']}"
        one = Drill(folder, environment, FORMS[servers])
        destroy = _servers_lost(environment, topic=lose_topic) if servers else _folder_lost(environment)
        _play(one, destroy)


def _play(one: Drill, destroy: Destroy) -> None:
    one.step("migrate", "migrate")
    before = one.told("the story")
    typer.echo(before)
    words = one.backed_up(x25519.Identity.generate())
    destroy()
    typer.echo(one.step("restore", *words))
    after = one.told("the story again")
    one.figures()
    if before != after:
        typer.secho("OTHER TABLES THAN BEFORE", fg="red", err=True)
        typer.echo(after)
        raise typer.Exit(1)
    typer.echo("The same tables. Exact.")


def _folder_lost(environment: Environment) -> Destroy:
    def destroy() -> None:
        folder = Path(environment["HOMEWARD_DATA_DIR"])
        shutil.rmtree(folder)
        folder.with_name(f"{folder.name}.erasures").unlink()

    return destroy


def _servers_lost(environment: Environment, *, topic: bool) -> Destroy:
    """Drop all databases and the key file beside them; and the topic, if asked."""
    server, _, prefix = environment["HOMEWARD_DATABASE_URL"].rpartition("/")
    prefix, folder_lost = prefix.removesuffix("_{service}"), _folder_lost(environment)

    def destroy() -> None:
        postgres.drop_databases(server, prefix)
        postgres.make_databases(server, prefix)
        folder_lost()
        if topic:
            asyncio.run(_topic_lost(environment["HOMEWARD_KAFKA_BROKERS"]))

    return destroy


async def _topic_lost(brokers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.delete_topics([topic for topic in await admin.list_topics() if not topic.startswith("_")])
    finally:
        await admin.close()


if __name__ == "__main__":
    typer.run(drill)
