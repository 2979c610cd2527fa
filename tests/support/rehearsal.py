"""What docker-compose.yml starts, started as processes of this machine: the same commands, variables, order and checks.

Only places change: a container's port is a free one on loopback, /keys, /tmp and /certificates are folders of the test,
and a server's group is the one that it runs in here. What an image brings along stands in for itself: Kafka from its
jars, Keycloak as it was built here, PostgreSQL (of whichever version) and nginx from this machine. PostgreSQL's
administrator gets in until the databases are made, and not afterwards: there is no socket here. Nothing holds a process
to its limits; a test measures.
"""

import grp
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from deploy.local import keycloak
from deploy.local.kafka import Broker
from deploy.local.ports import free_ports
from deploy.local.postgres import PROGRAMS, Postgres, psql
from tests.support.composed import ROOT, Container, containers
from tests.support.parts import with_tls

PLACE = re.compile(r"(?:(?P<host>[\w.]+):)?(?<!\w)(?P<port>\d{4})\b")
SELF = {"127.0.0.1", "0.0.0.0", None}  # noqa: S104 -- what containers say of themselves
PORTS = {
    "proxy": (8470, 8443),
    "postgres": (5432,),
    "kafka": (9092, 9093, 9094),
    "keycloak": (8443, 9000),
    "certificates": (),
}
PG_USER = "pgserver"
"""Whom the wheel's server runs as where we are root; its group has the same name."""
ACCOUNTS = "KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG"
OURS = (8470,)
PATIENCE = 300.0
EVERYWHERE = re.compile(r"(?<![\d.])0\.0\.0\.0")


class Rehearsal:
    """All containers of the file as processes. `start` returns when all are healthy."""

    def __init__(
        self,
        folder: Path,
        part_folder: Path,
        given: Mapping[str, str],
        strangers: Mapping[str, str] | None = None,
        more: Sequence[Path] = (),
    ) -> None:
        """`strangers` are accounts at the broker, with their passwords, beyond those of the file."""
        self.folder, self.part_folder = folder, part_folder
        self.given, self.strangers = given, strangers or {}
        self.containers = containers(given, *more)
        places = [(name, port) for name in self.containers for port in PORTS.get(name, OURS)]
        self.ports = dict(zip(places, free_ports(len(places)), strict=True))
        # What is published is named to those who sign in.
        self.ports["proxy", 8470] = int(given["PORT"])
        self.ports["proxy", 8443] = int(given.get("SITE_PORT", ":443").removeprefix(":"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stack = ExitStack()

    @property
    def address(self) -> str:
        """The one address of all."""
        return f"http://127.0.0.1:{self.ports['proxy', 8470]}"

    @property
    def site(self) -> str:
        """The address with TLS, where deploy/site is added."""
        return f"https://localhost:{self.ports['proxy', 8443]}"

    def here(self, name: str, text: str) -> str:
        """What a container says, with the places of this machine."""

        def place(found: re.Match[str]) -> str:
            host, port = found["host"], int(found["port"])
            real = self.ports.get((name if host in SELF else host, port))
            if real is None:
                return found[0]
            return f"127.0.0.1:{real}" if host else str(real)

        text = EVERYWHERE.sub("127.0.0.1", PLACE.sub(place, text))
        text = text.replace("/keys/", f"{self.folder}/keys/").replace("/tmp/", f"{self.folder}/tmp/")  # noqa: S108
        return text.replace("/certificates/", f"{self.certificates}/")

    @property
    def certificates(self) -> Path:
        """What the servers and their callers read; where a server that is not ours may enter."""
        return self.part_folder / "certificates"

    def environment(self, name: str) -> dict[str, str]:
        """What a process of that container is given, and nothing of ours."""
        said = {key: self.here(name, value) for key, value in self.containers[name].environment.items()}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **said}

    def start(self) -> None:
        """Start each after those that it waits for."""
        self.start_only(*self.containers)

    def start_only(self, *names: str) -> None:
        """Start these, each after those of them that it waits for."""
        for folder in ("keys", "tmp"):
            (self.folder / folder).mkdir(mode=0o700)
        for one in (one for name, one in self.containers.items() if name in names):
            for before, condition in one.after.items():
                self.wait_for(before, condition)
            self.begin(one)
        for name in names:
            if self.containers[name].check:
                self.wait_for(name, "service_healthy")

    def begin(self, one: Container) -> None:
        """Start one container."""
        if one.ours:
            self._popen(one.name, [str(Path(sys.executable).with_name("homeward")), *one.command])
        else:
            parts = {"postgres": self._postgres, "kafka": self._kafka, "proxy": self._proxy}
            (parts | {"certificates": self._certificates, "keycloak": self._keycloak})[one.name](one)

    def healthy(self, name: str) -> bool:
        """What the engine would see when it runs the health check."""
        program, *words = (self.here(name, word) for word in self.containers[name].check)
        if program.endswith("/kafka-broker-api-versions.sh"):
            # Its jar is in the image only. It asks the broker for its name and what it speaks; so does this.
            program, words = "python", ["-m", "tests.support.ask_broker", words[-1], self._mounted(name, words[1])]
        found = {"python": sys.executable, "pg_isready": str(PROGRAMS / "pg_isready")}.get(program, program)
        asked = subprocess.run([found, *words], env=self.environment(name), cwd=ROOT, check=False, capture_output=True)
        return asked.returncode == 0

    def _mounted(self, name: str, path: str) -> str:
        """A file of ours that a container sees there, with the places of this machine."""
        said = (ROOT / self.containers[name].mounts[path]).read_text("utf-8")
        copy = self.folder / Path(path).name
        copy.write_text(self.here(name, said), "utf-8")
        return str(copy)

    def stop(self) -> None:
        """End all, last started first, each within twice the time that the file gives it. Raises TimeoutExpired."""
        with self.stack:
            for name, process in reversed(self.processes.items()):
                process.terminate()
                process.wait(2 * int(self.containers[name].said.get("stop_grace_period", "10s").removesuffix("s")))

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

    def _certificates(self, one: Container) -> None:
        """With each server's own group, which an image brings along."""
        ours = grp.getgrgid(os.getegid()).gr_name
        group = {"kafka": ours, "keycloak": ours, "site": ours, "postgres": PG_USER if os.geteuid() == 0 else ours}
        names = [word.partition("=")[0] for word in one.command if "=" in word]
        words = [f"{name}={grp.getgrnam(group[name.partition('@')[0]]).gr_gid}" for name in names]
        for folder in (self.folder / "authority", self.certificates):
            folder.mkdir(parents=True)
            folder.chmod(0o755)  # whatever mask a test has left behind: the server is another user
        script = ROOT / one.mounts[one.said["entrypoint"][1]]
        self._popen(
            one.name, [sys.executable, str(script), str(self.folder / "authority"), str(self.certificates), *words]
        )

    def _postgres(self, one: Container) -> None:
        program, *words = one.command
        assert program == "postgres"
        options = dict(self.here("postgres", word).split("=") for word in words if word != "-c")
        rules = (ROOT / one.mounts[options.pop("hba_file")]).read_text("utf-8")
        server = Postgres(self.part_folder / "postgres", self.ports["postgres", 5432], options, programs=with_tls())
        self.stack.callback(server.stop)
        server.start()
        database = ROOT / "deploy/postgres/databases.sql"
        first = [str(PROGRAMS / "psql"), "-v", "ON_ERROR_STOP=1", "-f", str(database), f"{server.address}/postgres"]
        subprocess.run(first, env=self.environment("postgres"), check=True, capture_output=True)
        (self.part_folder / "postgres" / "pg_hba.conf").write_text(rules)
        psql(server.address, ["SELECT pg_reload_conf()"])

    def _kafka(self, one: Container) -> None:
        """By the image's own program, which makes a file of settings from variables and formats the folder."""
        more = "".join(f' user_{name}="{password}"' for name, password in self.strangers.items())
        said = self.environment(one.name) | {"KAFKA_LOG_DIRS": "data"}
        said[ACCOUNTS] = said[ACCOUNTS].replace(";", f"{more};")
        broker = Broker(1, self.part_folder / "kafka", 0, 0, 0)
        for name in ("default", "mounted", "final"):
            (broker.folder / name).mkdir(parents=True)
        for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (broker.folder / "default" / name).write_text("logging: none\n", "utf-8")
        folders = [word for name in ("default", "mounted", "final") for word in (f"--{name}-configs-dir", name)]
        made = broker.java("kafka.docker.KafkaDockerWrapper", "setup", *folders, environment=said)
        assert made.wait(PATIENCE) == 0, broker.last_words()
        self.processes["kafka"] = broker.java("kafka.Kafka", "final/server.properties")
        self.stack.callback(self.processes["kafka"].wait)
        self.stack.callback(self.processes["kafka"].kill)

    def _keycloak(self, one: Container) -> None:
        """As it was built, with the file of settings that its image has."""
        assert one.command == ["start", "--optimized", "--import-realm"]
        realm = json.loads((ROOT / one.mounts["/opt/keycloak/data/import/homeward-realm.json"]).read_text("utf-8"))
        self.processes["keycloak"] = keycloak.java(self.part_folder / "keycloak", self.environment("keycloak"), realm)
        self.stack.callback(self.processes["keycloak"].wait)
        self.stack.callback(self.processes["keycloak"].kill)

    def _proxy(self, one: Container) -> None:
        for place in (place for place, source in one.mounts.items() if source.startswith(".")):
            said = Path(self._mounted("proxy", place))
            # The port is published on loopback only; without an engine that is said to nginx itself. Started by root,
            # it would give up rights that nobody has in a container.
            root = "user root;\n" if os.geteuid() == 0 and said.name == "nginx.conf" else ""
            text = said.read_text("utf-8")
            said.write_text(root + text.replace("\nlisten ", "\nlisten 127.0.0.1:"), "utf-8")
        self._popen("proxy", [*one.command, "-c", str(self.folder / "nginx.conf"), "-e", "stderr"])
