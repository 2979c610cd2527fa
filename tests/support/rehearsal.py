"""What docker-compose.yml starts, started as processes of this machine: the same commands, variables, order and checks.

Only places change: a container's port is a free one on loopback, /keys and /tmp are folders of the test. What an image
brings along stands in for itself: Kafka from its jars, PostgreSQL from its wheel, nginx from this machine.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from deploy.local.kafka import Broker
from deploy.local.ports import free_ports
from deploy.local.postgres import PROGRAMS, Postgres, psql
from tests.support.composed import ROOT, Container, containers

PLACE = re.compile(r"(?:(?P<host>[\w.]+):)?(?<!\w)(?P<port>\d{4})\b")
SELF = {"127.0.0.1", "0.0.0.0", None}  # noqa: S104 -- what containers say of themselves
PORTS = {"proxy": (8470,), "postgres": (5432,), "kafka": (9092, 9093)}
OURS = (8470,)
PATIENCE = 120.0
EVERYWHERE = re.compile(r"(?<![\d.])0\.0\.0\.0")
PASSWORDS = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


class Rehearsal:
    """All containers of the file as processes. `start` returns when all are healthy."""

    def __init__(self, folder: Path, part_folder: Path, given: Mapping[str, str]) -> None:
        self.folder, self.part_folder = folder, part_folder
        self.containers = containers(given)
        places = [(name, port) for name in self.containers for port in PORTS.get(name, OURS)]
        self.ports = dict(zip(places, free_ports(len(places)), strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stack = ExitStack()

    @property
    def address(self) -> str:
        """The one address of all."""
        return f"http://127.0.0.1:{self.ports['proxy', 8470]}"

    def here(self, name: str, text: str) -> str:
        """What a container says, with the places of this machine."""

        def place(found: re.Match[str]) -> str:
            host, port = found["host"], int(found["port"])
            real = self.ports.get((name if host in SELF else host, port))
            if real is None:
                return found[0]
            return f"127.0.0.1:{real}" if host else str(real)

        text = EVERYWHERE.sub("127.0.0.1", PLACE.sub(place, text))
        return text.replace("/keys/", f"{self.folder}/keys/").replace("/tmp/", f"{self.folder}/tmp/")  # noqa: S108

    def environment(self, name: str) -> dict[str, str]:
        """What a process of that container is given, and nothing of ours."""
        said = {key: self.here(name, value) for key, value in self.containers[name].environment.items()}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **said}

    def start(self) -> None:
        """Start each after those that it waits for."""
        for folder in ("keys", "tmp"):
            (self.folder / folder).mkdir(mode=0o700)
        for one in self.containers.values():
            for before, condition in one.after.items():
                self.wait_for(before, condition)
            self.begin(one)
        for name, one in self.containers.items():
            if one.check:
                self.wait_for(name, "service_healthy")

    def begin(self, one: Container) -> None:
        """Start one container."""
        if one.ours:
            self._popen(one.name, [str(Path(sys.executable).with_name("homeward")), *one.command])
        else:
            {"postgres": self._postgres, "kafka": self._kafka, "proxy": self._proxy}[one.name](one)

    def healthy(self, name: str) -> bool:
        """What the engine would see when it runs the health check."""
        program, *words = (self.here(name, word) for word in self.containers[name].check)
        if program.endswith("/kafka-broker-api-versions.sh"):
            # Its jar is in the image only. It asks the broker for its name and what it speaks; so does this.
            program, words = "python", ["-m", "tests.support.ask_broker", words[-1]]
        found = {"python": sys.executable, "pg_isready": str(PROGRAMS / "pg_isready")}.get(program, program)
        asked = subprocess.run([found, *words], env=self.environment(name), cwd=ROOT, check=False, capture_output=True)
        return asked.returncode == 0

    def stop(self) -> None:
        """End all, last started first, each within the time that the file gives it. Raises TimeoutExpired."""
        with self.stack:
            for name, process in reversed(self.processes.items()):
                process.terminate()
                process.wait(int(self.containers[name].said.get("stop_grace_period", "10s").removesuffix("s")))

    def wait_for(self, name: str, condition: str) -> None:
        """Return when a container is in that condition, as `depends_on` asks for it."""
        until = time.monotonic() + PATIENCE
        while not self._is(name, condition):
            assert time.monotonic() < until, f"{name} is not {condition}"
            time.sleep(0.1)

    def _is(self, name: str, condition: str) -> bool:
        if condition == "service_healthy":
            return self.healthy(name)
        ended = self.processes[name].wait(PATIENCE)
        assert condition == "service_completed_successfully"
        assert ended == 0, f"{name} ended with {ended}"
        return True

    def _popen(self, name: str, command: list[str]) -> None:
        process = subprocess.Popen(
            command, env=self.environment(name), cwd=self.folder, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.processes[name] = process
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)

    def _postgres(self, one: Container) -> None:
        program, *words = one.command
        assert program == "postgres"
        options = dict(word.split("=") for word in words if word != "-c")
        server = Postgres(self.part_folder / "postgres", self.ports["postgres", 5432], options)
        self.stack.callback(server.stop)
        server.start()
        database = ROOT / "deploy/postgres/databases.sql"
        first = [str(PROGRAMS / "psql"), "-v", "ON_ERROR_STOP=1", "-f", str(database), f"{server.address}/postgres"]
        subprocess.run(first, env=self.environment("postgres"), check=True, capture_output=True)
        (self.part_folder / "postgres" / "pg_hba.conf").write_text(PASSWORDS)
        psql(server.address, ["SELECT pg_reload_conf()"])

    def _kafka(self, one: Container) -> None:
        """As the image does it: KAFKA_LOG_DIRS is log.dirs."""
        said = {name: value for name, value in self.environment("kafka").items() if name.startswith("KAFKA_")}
        said["KAFKA_LOG_DIRS"] = "data"
        del said["KAFKA_HEAP_OPTS"]
        lines = [f"{name[6:].lower().replace('_', '.')}={value}" for name, value in said.items()]
        broker = Broker(1, self.part_folder / "kafka", 0, 0, 0)
        broker.folder.mkdir(parents=True)
        broker.properties.write_text("\n".join(lines), "utf-8")
        cluster = one.environment["CLUSTER_ID"]
        made = broker.java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", "server.properties")
        assert made.wait(PATIENCE) == 0, broker.last_words()
        self.processes["kafka"] = broker.java("kafka.Kafka", "server.properties")
        self.stack.callback(self.processes["kafka"].wait)
        self.stack.callback(self.processes["kafka"].kill)

    def _proxy(self, one: Container) -> None:
        said = (ROOT / "deploy/proxy/nginx.conf").read_text("utf-8")
        conf = self.folder / "nginx.conf"
        # The port is published on loopback only; without an engine that is said to nginx itself. Started by root, it
        # would give up rights that nobody has in a container.
        said = ("user root;\n" if os.geteuid() == 0 else "") + self.here("proxy", said)
        conf.write_text(said.replace("listen ", "listen 127.0.0.1:"), "utf-8")
        self._popen("proxy", [*one.command, "-c", str(conf), "-e", "stderr"])
