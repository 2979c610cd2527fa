"""The systemd units: what they start is a command of ours with settings of ours, shut in and within limits."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services import SERVICES
from shared.production import refuse_unsafe
from shared.settings import SECRET, Settings, refuse_unknown
from tests.deploy.test_compose_file import known
from tests.support.composed import ROOT, containers, dotenv, filled
from tests.support.parts import without

UNITS = ROOT / "deploy/systemd"
FILES = sorted(path.name for path in UNITS.glob("*.service"))
OURS = ["homeward@.service", "homeward-migrate.service"]
PROGRAM = "/srv/homeward/.venv/bin/homeward"
COMPOSED = containers(filled())
SHUT_IN = """NoNewPrivileges CapabilityBoundingSet UMask ProtectSystem ProtectHome PrivateTmp PrivateDevices ProtectProc
    ProtectClock ProtectHostname ProtectControlGroups ProtectKernelLogs ProtectKernelModules ProtectKernelTunables
    RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality SystemCallFilter"""


def said(name: str) -> list[tuple[str, str]]:
    """Every line of a unit as a pair: several may have one name."""
    lines = (UNITS / name).read_text("utf-8").splitlines()
    return [(key, value) for key, mark, value in (line.partition("=") for line in lines) if mark and key[0] != "#"]


def all_of(name: str, key: str) -> list[str]:
    return [value for found, value in said(name) if found == key]


def who(name: str) -> list[str]:
    return list(SERVICES) if "@" in name else ["operator"]


@pytest.mark.parametrize("name", OURS)
def test_what_is_started_is_a_command_of_ours(name: str) -> None:
    [command] = all_of(name, "ExecStart")
    program, *words = command.split()
    assert program == PROGRAM
    assert known(words)
    assert words in (["migrate"], ["up", "%i"])


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_and_every_secret_a_credential(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = dict(value.split(":") for value in all_of(name, "LoadCredential"))
    for one in who(name):
        environment = dict(value.split("=") for value in all_of(name, "Environment"))
        for path in all_of(name, "EnvironmentFile"):
            environment |= dotenv(UNITS / Path(path.replace("%i", one)).name)
        refuse_unknown(environment, Settings)
        assert not SECRET & environment.keys()
        files = {value.removeprefix("%d/") for value in environment.values() if value.startswith("%d/")}
        assert files == credentials.keys()
        assert all(path.startswith("/etc/homeward/") for path in credentials.values())
        for variable, value in environment.items():
            if not value.startswith("%d/"):
                monkeypatch.setenv(variable, value)
        assert Settings().kafka_user == one
        assert Settings().kafka_security == "SASL_SSL"
        assert Settings().issuer.startswith("https://"), "without one nothing starts"
        secrets = {"database_url": f"postgresql://{one}:drawn@db.example/homeward_{{service}}?sslmode=verify-full"}
        settings = Settings(**secrets, kafka_password="drawn")  # type: ignore[arg-type]
        assert settings.production
        refuse_unsafe(settings, environ={})


def test_the_proxy_finds_every_file_that_it_includes() -> None:
    included = set(re.findall(r"include (\w+\.conf);", (ROOT / "deploy/proxy/nginx.conf").read_text("utf-8")))
    for folder in (UNITS, ROOT / "deploy/proxy"):
        assert {path.name for path in folder.glob("*.conf")} - {"nginx.conf"} == included


def test_each_service_listens_where_the_proxy_looks() -> None:
    places = dict(re.findall(r"^    (\w+) http://(\S+);$", (UNITS / "places.conf").read_text("utf-8"), re.MULTILINE))
    ports = {name: dotenv(UNITS / f"{name}.env")["HOMEWARD_PORT"] for name in SERVICES}
    assert places == {name: f"127.0.0.1:{port}" for name, port in ports.items()}


@pytest.mark.parametrize("name", FILES)
def test_a_unit_is_shut_in_and_has_the_limits_of_its_container(name: str) -> None:
    assert set(SHUT_IN.split()) <= {key for key, _ in said(name)}
    assert all_of(name, "User") == ["homeward"]
    container = {"homeward@.service": "intake", "homeward-migrate.service": "migrate"}.get(name, "proxy")
    limits = COMPOSED[container].said["deploy"]["resources"]["limits"]
    assert (all_of(name, "MemoryMax"), all_of(name, "TasksMax")) == ([limits["memory"]], [str(limits["pids"])])
    if name != "homeward-migrate.service":
        assert all_of(name, "Restart") == ["always"]
        assert all_of(name, "StartLimitIntervalSec") == ["0"]


def test_the_target_starts_all_of_it() -> None:
    wanted = {unit for value in all_of("homeward.target", "Wants") for unit in value.split()}
    assert wanted == {f"homeward@{name}.service" for name in SERVICES} | {"homeward-proxy.service"}
    assert all_of("homeward@.service", "Requires") == ["homeward-migrate.service"]


def test_systemd_finds_no_fault_with_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        without("systemd-analyze: install it (Debian: systemd)")
    for path in UNITS.glob("homeward*"):
        # It asks whether what is started is there: here, not in /srv.
        text = path.read_text("utf-8").replace(PROGRAM, str(Path(sys.executable).with_name("homeward")))
        (tmp_path / path.name).write_text(text.replace("/usr/sbin/nginx", shutil.which("nginx") or "/bin/true"))
    units = [str(tmp_path / name) for name in [*FILES, "homeward.target"]]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("name", FILES)
def test_systemd_counts_little_exposure(name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        without("systemd-analyze: install it (Debian: systemd)")
    # Of 100, where a unit without any such line has about 96.
    counted = ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(UNITS / name)]
    found = subprocess.run(counted, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-300:] + found.stderr
