"""Keycloak as a Java process: in a folder, on this machine's loopback, with a PostgreSQL of its own beside it.

It imports the realm that it is given, once: a realm that is there already stays as it is. It is ready when it says so,
half a minute after a first start. Everything here blocks.
"""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.local.kafka import no_java
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, make_database
from deploy.local.realm import kept_password

HERE = Path(__file__).parents[1] / "keycloak-local"
DIST = HERE / "dist"
SETTINGS = HERE.with_name("keycloak") / "keycloak.conf"
PATIENCE = 300.0
GRACE = 60.0
ADMINISTRATOR = "admin"
_OPENED = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in ("util", "util.concurrent", "security", "lang")]
_JAVA = (
    *("java", "-Xms64m", "-Xmx384m", "-XX:MaxMetaspaceSize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *_OPENED,
    *("-Dkc.home.dir=.", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
    *("-cp", "lib/quarkus-run.jar", "io.quarkus.bootstrap.runner.QuarkusEntryPoint"),
    f"--config-file={SETTINGS}",
)


class KeycloakFailed(Exception):
    """It ended, or was not ready in time; carries the end of what it said."""


def missing() -> str | None:
    """What to do before Keycloak can run here, or None."""
    if todo := no_java():
        return todo
    return None if (DIST / ".built").exists() else "install Maven and run `make keycloak`"


def java(home: Path, environment: Mapping[str, str], realm: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Keycloak as it was built, at work in a folder of its own, where it finds this realm."""
    (home / "data" / "import").mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)  # the realm of a practice holds a password
    (home / "data" / "import" / "homeward-realm.json").write_text(json.dumps(realm), "utf-8")
    for name in ("lib", "conf", "providers", "themes"):
        link = home / name
        link.unlink(missing_ok=True)
        link.symlink_to(next(DIST.glob("keycloak-*")) / name)
    with (home / "log.txt").open("ab") as said:
        command = (*_JAVA, "start", "--optimized", "--import-realm")
        return subprocess.Popen(command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)


@dataclass
class Keycloak:
    """A server in a folder. Stopped and started again, it has the same port and people."""

    folder: Path
    realm: Mapping[str, Any]
    port: int = 0
    """Where it listens if that port is free."""
    process: subprocess.Popen[bytes] | None = None
    administrator: str = field(init=False)
    """The password of its first administrator."""

    def __post_init__(self) -> None:
        self.port, self._asked = free_port(self.port), free_port()
        self.administrator = kept_password(self.folder / "administrator")
        self._store = Postgres(self.folder / "postgres")

    @property
    def base(self) -> str:
        """Where all its realms are, and its console."""
        return f"http://127.0.0.1:{self.port}/auth"

    @property
    def issuer(self) -> str:
        """What HOMEWARD_ISSUER takes."""
        return f"{self.base}/realms/{self.realm['realm']}"

    def start(self) -> None:
        """Start it and what it stores in, and return when it is ready. Raises KeycloakFailed."""
        self._store.start()
        make_database(self._store.address, "keycloak")
        self.process = java(self.folder / "home", os.environ | self._settings(), self.realm)
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{self._asked}/auth/health/ready").is_success:
                    return
            time.sleep(0.2)
        raise KeycloakFailed((self.folder / "home" / "log.txt").read_text("utf-8", "replace")[-3000:])

    def stop(self) -> None:
        """End it in order, and then what it stores in."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._store.stop()

    def _settings(self) -> dict[str, str]:
        return {
            "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{self._store.port}/keycloak",
            "KC_DB_USERNAME": "postgres",
            "KC_HOSTNAME": self.base,
            "KC_HTTP_ENABLED": "true",
            "KC_HTTP_HOST": "127.0.0.1",
            "KC_HTTP_PORT": str(self.port),
            "KC_HTTP_MANAGEMENT_PORT": str(self._asked),
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMINISTRATOR,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.administrator,
        }
