"""Apache Kafka as Java processes: one broker or three, in a folder, on this machine's loopback.

A broker is ready when it answers a question about the cluster, not when its port opens. Everything here blocks; from a
running event loop call it through `asyncio.to_thread`.
"""

import asyncio
import base64
import contextlib
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.local.ports import free_port, free_ports

HERE = Path(__file__).parents[1] / "kafka-local"
LIBS = HERE / "libs"
JAVA = 17
PATIENCE = 120.0
_HEAP = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


class BrokerFailed(Exception):
    """A broker ended, or was not ready in time; carries the end of what it said."""


def no_java() -> str | None:
    """What to do before Java programs can run here, or None."""
    java = shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA:
        return f"install Java {JAVA} or newer (Debian: openjdk-{JAVA}-jre-headless)"
    return None


def missing() -> str | None:
    """What to do before a broker can run here, or None."""
    if todo := no_java():
        return todo
    if not (LIBS / ".fetched").exists():
        return "install Maven and run `make kafka-jars`"
    return None


@dataclass
class Broker:
    """One node, broker and controller at once, with its three listeners."""

    number: int
    folder: Path
    clients: int
    """The port where it listens for clients."""
    brokers: int
    controller: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"

    def java(self, main: str, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = ("java", *_HEAP, _QUIET, "-cp", f"{LIBS}/*", main, *arguments)
        with (self.folder / "log.txt").open("ab") as said:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )

    def last_words(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")[-3000:]


@dataclass
class Kafka:
    """A cluster in a folder. Stopped and started again, it has the same ports and records."""

    folder: Path
    size: int = 1
    advertised: Sequence[int] = ()
    """Ports that clients are told to use instead of the brokers' own, one per broker: those of proxies."""
    port: int = 0
    """Where the first broker listens if that port is free."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Broker properties beyond deploy/kafka-local/server.properties, or instead of them."""
    formatting: Sequence[str] = ()
    """Arguments for the first formatting beyond the usual: users for SCRAM."""
    nodes: list[Broker] = field(default_factory=list)

    def __post_init__(self) -> None:
        ports = free_ports(3 * self.size)
        for number in range(1, self.size + 1):
            clients, brokers, controller = ports[3 * number - 3 : 3 * number]
            clients = free_port(self.port) if self.port and number == 1 else clients
            self.nodes.append(Broker(number, self.folder / f"broker-{number}", clients, brokers, controller))

    @property
    def addresses(self) -> str:
        """What HOMEWARD_KAFKA_BROKERS takes."""
        ports = self.advertised or [node.clients for node in self.nodes]
        return ",".join(f"127.0.0.1:{port}" for port in ports)

    def start(self) -> None:
        """Format what is new, start all brokers, and return when each knows all others. Raises BrokerFailed."""
        cluster = base64.urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_URL, "homeward-local").bytes).decode().rstrip("=")
        for node in self.nodes:
            node.folder.mkdir(parents=True, exist_ok=True)
            node.properties.write_text(self._properties(node), "utf-8")
        arguments = (
            "format",
            "--cluster-id",
            cluster,
            "--ignore-formatted",
            "--config",
            "server.properties",
            *self.formatting,
        )
        formatting = [(node, node.java("kafka.tools.StorageTool", *arguments)) for node in self.nodes]
        for node, process in formatting:
            if process.wait(PATIENCE):
                raise BrokerFailed(node.last_words())
        for node in self.nodes:
            node.process = node.java("kafka.Kafka", "server.properties")
        for node in self.nodes:
            self._await(node, self.size)

    def start_again(self, number: int) -> None:
        """Start one broker that was stopped or killed; returns when it answers."""
        node = self.nodes[number - 1]
        node.process = node.java("kafka.Kafka", "server.properties")
        self._await(node, 1)

    def stop_one(self, number: int) -> None:
        """Ask a broker to hand over and end."""
        self._end(self.nodes[number - 1], signal.SIGTERM)

    def kill(self, number: int) -> None:
        """kill -9."""
        self._end(self.nodes[number - 1], signal.SIGKILL)

    def freeze(self, number: int) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self._signal(self.nodes[number - 1], signal.SIGSTOP)

    def thaw(self, number: int) -> None:
        """SIGCONT."""
        self._signal(self.nodes[number - 1], signal.SIGCONT)

    def stop(self) -> None:
        """End all brokers, whatever state they are in."""
        for node in self.nodes:
            self._signal(node, signal.SIGCONT)
            self._signal(node, signal.SIGTERM)
        for node in self.nodes:
            # The last controllers cannot hand over to anybody, and would wait minutes for it.
            self._end(node, signal.SIGTERM if self.size == 1 else signal.SIGKILL)

    def _properties(self, node: Broker) -> str:
        told = self.advertised[node.number - 1] if self.advertised else node.clients
        replicas = str(self.size)
        own = {
            "node.id": str(node.number),
            "controller.quorum.voters": ",".join(f"{each.number}@127.0.0.1:{each.controller}" for each in self.nodes),
            "listeners": f"CLIENTS://127.0.0.1:{node.clients},BROKERS://127.0.0.1:{node.brokers},"
            f"CONTROLLER://127.0.0.1:{node.controller}",
            "advertised.listeners": f"CLIENTS://127.0.0.1:{told},BROKERS://127.0.0.1:{node.brokers}",
            "log.dirs": "data",
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": "1",
        }
        lines = [f"{name}={value}" for name, value in (own | dict(self.extra)).items()]
        return (HERE / "server.properties").read_text("utf-8") + "\n".join(lines) + "\n"

    def _await(self, node: Broker, known: int) -> None:
        """Wait until this broker answers and knows that many."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if node.process is None or node.process.poll() is not None:
                raise BrokerFailed(node.last_words())
            if _listens(node.brokers) and asyncio.run(_known(node.brokers)) >= known:
                return
            time.sleep(0.1)
        raise BrokerFailed(f"not ready after {PATIENCE} s: {node.last_words()}")

    def _signal(self, node: Broker, number: signal.Signals) -> None:
        if node.process is not None and node.process.poll() is None:
            node.process.send_signal(number)

    def _end(self, node: Broker, number: signal.Signals) -> None:
        self._signal(node, number)
        if node.process is None:
            return
        try:
            node.process.wait(60)
        except subprocess.TimeoutExpired:
            node.process.kill()
            node.process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


async def _known(port: int) -> int:
    """How many brokers this one knows. Asked on the listener of brokers: never through a proxy, never TLS."""
    client = AIOKafkaClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=2000)
    try:
        await client.bootstrap()
        return len(client.cluster.brokers())
    except KafkaError:
        return 0
    finally:
        await client.close()
