"""In production each unsafe setting is refused with one sentence before anything is opened; development allows all."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from services.__main__ import app as homeward
from services.hosting.alone import alone
from services.hosting.apart import Apart
from services.hosting.embedded import Embedded
from services.issuing.issuer import Issuing
from shared.hosting import Hosting, NotStarted
from shared.production import Unsafe, refuse_practice, refuse_unsafe
from shared.settings import PREFIX, Settings
from tests.support.callers import invented

DATABASE = "postgresql://intake:lXk3nQ@db.centre.example/homeward_{service}"
VERIFIED = f"{DATABASE}?sslmode=verify-full&sslrootcert=/etc/ca.pem"
FILES: dict[str, Any] = {
    "env": "production",
    "issuer": "https://login.centre.example/realms/homeward",
    "allowed_hosts": "homeward.centre.example",
    "audit_witness": "/mnt/auditor/homeward",
}
"""One process with files, behind a proxy on the same machine."""
SERVERS: dict[str, Any] = {
    **FILES,
    "host": "10.0.0.7",
    "network": "private",
    "tls_in_front": True,
    "database_url": VERIFIED,
    "kafka_brokers": "kafka-1.centre.example:9093",
    "kafka_security": "SASL_SSL",
    "kafka_user": "intake",
    "kafka_password": "pW8rTz",
    "trusted_proxies": "10.0.0.2",
    "allowed_origins": "https://front.centre.example",
    "otlp_endpoint": "https://traces.centre.example",
}
BY_CERTIFICATE = {"kafka_security": "SSL", "kafka_certificate_file": "c.pem", "kafka_key_file": "k.pem"}
KEY_SERVICE = {
    "key_service": "https://vault.centre.example:8200",
    "key_service_ca_file": "/etc/ca.pem",
    "key_service_token_file": "/run/secrets/{service}",
}
SAFE: dict[str, dict[str, Any]] = {
    "files": FILES,
    "servers": SERVERS,
    "a certificate": {**SERVERS, **BY_CERTIFICATE, "kafka_password": ""},
    "stores on this machine": {**SERVERS, "database_url": DATABASE.replace("db.centre.example", "127.0.0.1")},
    "a socket": {**SERVERS, "database_url": "postgresql:///homeward_{service}?host=/run/postgresql"},
    "a witness that is a server": {**SERVERS, "audit_witness": "https://witness.auditor.example/homeward"},
    "a key service": {**SERVERS, **KEY_SERVICE},
    "a key service on this machine": {**SERVERS, **KEY_SERVICE, "key_service": "http://127.0.0.1:8200"},
    "traces on this machine": {**SERVERS, "otlp_endpoint": "http://127.0.0.1:4318"},
}
UNSAFE: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"issuer": ""}, "HOMEWARD_ISSUER: nobody says who is calling"),
    "an issuer without TLS": (
        {"issuer": "http://127.0.0.1:8470/issuer"},
        "HOMEWARD_ISSUER: its keys would come without",
    ),
    "an issuer on loopback": ({"issuer": "https://localhost/realms/homeward"}, "HOMEWARD_ISSUER: loopback is no name"),
    "an issuer on its own loopback": ({"issuer": "https://[::1]/r"}, "HOMEWARD_ISSUER: loopback is no name"),
    "no names": ({"allowed_hosts": ""}, "HOMEWARD_ALLOWED_HOSTS: set the names"),
    "any name": ({"allowed_hosts": "a.example,*"}, "HOMEWARD_ALLOWED_HOSTS: set the names"),
    "any subdomain": ({"allowed_hosts": "*.example"}, "HOMEWARD_ALLOWED_HOSTS: set the names"),
    "an origin without TLS": (
        {"allowed_origins": "http://localhost:3000"},
        "HOMEWARD_ALLOWED_ORIGINS: http://localhost",
    ),
    "within reach without TLS": ({"tls_in_front": False}, "HOMEWARD_TLS_IN_FRONT: others reach this address"),
    "everywhere without TLS": ({"host": "0.0.0.0", "tls_in_front": False}, "HOMEWARD_TLS_IN_FRONT: others reach"),  # noqa: S104
    "everybody a proxy": (
        {"trusted_proxies": "127.0.0.1,0.0.0.0/0"},
        "HOMEWARD_TRUSTED_PROXIES: 0.0.0.0/0 is everybody",
    ),
    "everybody a proxy, by IPv6": ({"trusted_proxies": "::/0"}, "HOMEWARD_TRUSTED_PROXIES: ::/0 is everybody"),
    "no witness": ({"audit_witness": ""}, "HOMEWARD_AUDIT_WITNESS: nobody outside would know"),
    "a witness in the data folder": (
        {"audit_witness": "/srv/homeward/data/sub/witness", "data_dir": "/srv/homeward/data"},
        "HOMEWARD_AUDIT_WITNESS: a file in the data folder goes with it",
    ),
    "a witness on this machine": (
        {"audit_witness": "https://localhost:8443/"},
        "HOMEWARD_AUDIT_WITNESS: a server on this machine is no witness",
    ),
    "a witness without TLS": (
        {"audit_witness": "http://127.0.0.1:8000"},
        "HOMEWARD_AUDIT_WITNESS: a server on this machine is no witness",
    ),
    "no events elsewhere": ({"kafka_brokers": ""}, "HOMEWARD_DATABASE_URL and HOMEWARD_KAFKA_BROKERS: set both"),
    "no stores elsewhere": ({"database_url": ""}, "HOMEWARD_DATABASE_URL and HOMEWARD_KAFKA_BROKERS: set both"),
    "a database without TLS": ({"database_url": DATABASE}, "HOMEWARD_DATABASE_URL should end in ?sslmode=verify-full"),
    "a database of anybody": ({"database_url": f"{DATABASE}?sslmode=require"}, "sslmode is require"),
    "a database of any name": ({"database_url": f"{DATABASE}?sslmode=verify-ca"}, "sslmode is verify-ca"),
    "a database without password": (
        {"database_url": VERIFIED.replace(":lXk3nQ", "")},
        "HOMEWARD_DATABASE_URL: its password is missing or can be guessed",
    ),
    "a database's first password": (
        {"database_url": VERIFIED.replace("lXk3nQ", "Postgres")},
        "HOMEWARD_DATABASE_URL: its password is missing or can be guessed",
    ),
    "a database's user as password": (
        {"database_url": VERIFIED.replace("lXk3nQ", "intake")},
        "HOMEWARD_DATABASE_URL: its password is missing or can be guessed",
    ),
    "a broker in clear": ({"kafka_security": "PLAINTEXT"}, "HOMEWARD_KAFKA_SECURITY: PLAINTEXT is not TLS"),
    "a broker in clear here": (
        {"kafka_security": "PLAINTEXT", "kafka_brokers": "127.0.0.1:9092"},
        "HOMEWARD_KAFKA_SECURITY: PLAINTEXT is not TLS",
    ),
    "a password in clear": ({"kafka_security": "SASL_PLAINTEXT"}, "HOMEWARD_KAFKA_SECURITY: SASL_PLAINTEXT is not TLS"),
    "a broker that knows nobody": (
        {"kafka_security": "SSL"},
        "HOMEWARD_KAFKA_CERTIFICATE_FILE, HOMEWARD_KAFKA_KEY_FILE",
    ),
    "no password": ({"kafka_password": ""}, "HOMEWARD_KAFKA_PASSWORD: it is missing or can be guessed"),
    "a guessed password": ({"kafka_password": "changeme"}, "HOMEWARD_KAFKA_PASSWORD: it is missing or can be guessed"),
    "its user as password": ({"kafka_password": "intake"}, "HOMEWARD_KAFKA_PASSWORD: it is missing or can be guessed"),
    "a key service of any authority": (
        {**KEY_SERVICE, "key_service_ca_file": None},
        "HOMEWARD_KEY_SERVICE_CA_FILE: any authority that this system knows could vouch",
    ),
    "all is logged": ({"log_level": "DEBUG"}, "HOMEWARD_LOG_LEVEL: DEBUG is for development"),
}
OF_ANY_COMMAND = (
    "a database",
    "a broker",
    "a password",
    "a key service",
    "no password",
    "a guessed",
    "its user",
    "all is logged",
)


def said(settings: Settings, **how: Any) -> list[str]:
    with pytest.raises(Unsafe) as unsafe:
        refuse_unsafe(settings, environ={}, **how)
    return str(unsafe.value).splitlines()


@pytest.mark.parametrize("case", SAFE)
def test_what_is_safe_is_allowed(case: str, tmp_path: Path) -> None:
    refuse_unsafe(Settings(data_dir=tmp_path, **SAFE[case]), environ={})


@pytest.mark.parametrize("case", UNSAFE)
def test_what_is_unsafe_is_refused_with_one_sentence(case: str, tmp_path: Path) -> None:
    changed, why = UNSAFE[case]
    settings = Settings(**{"data_dir": tmp_path, **SERVERS, **changed})
    (line,) = said(settings)
    assert why in line
    assert not any(secret in line for secret in ("lXk3nQ", "pW8rTz", "changeme"))
    refuse_unsafe(settings.model_copy(update={"env": "development"}), environ={})
    if case.startswith(OF_ANY_COMMAND):
        assert said(settings, serving=False) == [line]
    else:
        refuse_unsafe(settings, serving=False, environ={})


@pytest.mark.parametrize("name", ["master_key_file", "database_url_file", "kafka_password_file", "kafka_key_file"])
def test_a_key_that_everybody_on_the_machine_can_read_is_refused(name: str, tmp_path: Path) -> None:
    path, secret = tmp_path / "key", {"database_url_file": VERIFIED, "kafka_password_file": "pW8rTz"}.get(name, "")
    path.write_text(secret, "utf-8")
    own = {**SERVERS, **(BY_CERTIFICATE if name == "kafka_key_file" else {}), name: path}
    own.pop(name.removesuffix("_file"), None)
    for mode, allowed in ((0o600, True), (0o640, True), (0o644, False), (0o602, False)):
        path.chmod(mode)
        if allowed:
            refuse_unsafe(Settings(data_dir=tmp_path, **own), environ={})
        else:
            (line,) = said(Settings(data_dir=tmp_path, **own))
            assert line.startswith(f"HOMEWARD_{name.upper()}: everybody on this machine can read {path}")


def test_the_key_in_the_data_folder_is_one_of_them(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_bytes(b"")
    (tmp_path / "master.key").chmod(0o644)
    (line,) = said(Settings(data_dir=tmp_path, **FILES))
    assert line.startswith("HOMEWARD_MASTER_KEY_FILE: ")


def test_what_belongs_to_tests_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsafe, match=r"^HOMEWARD_TEST_FAILPOINT: it belongs to tests; unset it\.$"):
        refuse_unsafe(
            Settings(data_dir=tmp_path, **FILES), environ={"HOMEWARD_TEST_FAILPOINT": "x", "HOMEWARD_ENV": "x"}
        )


def test_an_environment_is_one_of_two() -> None:
    with pytest.raises(ValidationError):
        Settings(env="staging")  # type: ignore[arg-type]
    assert Settings().env == "development"


HOSTED: dict[str, Callable[[Settings], object]] = {
    "one process": lambda settings: Embedded(settings, identify=invented),
    "a service": lambda settings: alone(settings, "intake"),
    "four processes": Apart,
    "any services": lambda settings: Hosting(settings, {}, identify=invented),
}


@pytest.mark.parametrize("way", HOSTED)
def test_no_way_to_serve_goes_round_it_or_opens_anything_before(way: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for safe, changed in ((FILES, {"issuer": ""}), (FILES, {"log_level": "DEBUG"}), (SERVERS, {"kafka_password": ""})):
        with pytest.raises(Unsafe):
            HOSTED[way](Settings(data_dir=folder, **{**safe, **changed}))
    assert not folder.exists()


def test_several_processes_never_share_files(tmp_path: Path) -> None:
    for way in ("a service", "four processes"):
        with pytest.raises(NotStarted, match="one process alone may use the files"):
            HOSTED[way](Settings(data_dir=tmp_path / "data", **FILES))
    assert not (tmp_path / "data").exists()


def test_the_development_issuer_refuses_production(tmp_path: Path) -> None:
    with pytest.raises(Unsafe, match="The development issuer is for invented people alone"):
        Issuing(Settings(data_dir=tmp_path / "data", **FILES), {})
    assert not (tmp_path / "data").exists()
    refuse_practice(Settings(), "anything")


@pytest.fixture(autouse=True)
def environment_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[int, str]]]:
    def run(words: str, **settings: Any) -> tuple[int, str]:
        for name, value in {**settings, "data_dir": tmp_path / "data"}.items():
            monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(value))
        result = CliRunner().invoke(homeward, words.split())
        return result.exit_code, result.stderr

    yield run
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("demo", "The demo is for invented people alone"),
        ("demo --at http://127.0.0.1:1", "The demo is for invented people alone"),
        ("token --as thary-transit", "homeward token is for invented people alone"),
        ("up --practice examples/long-an-33", "--practice is for invented people alone"),
    ],
)
def test_no_command_lets_invented_people_in(command: Callable[..., tuple[int, str]], words: str, why: str) -> None:
    assert command(words, **FILES) == (2, f"{why}: HOMEWARD_ENV=production does not allow it.\n")


def test_a_command_says_each_unsafe_setting_on_a_line(command: Callable[..., tuple[int, str]]) -> None:
    for words in ("run", "up", "up intake"):
        status, text = command(words, **{**FILES, "issuer": "", "log_level": "DEBUG"})
        assert (status, len(text.splitlines())) == (2, 2), text
    assert command("migrate", **{**FILES, "log_level": "DEBUG"})[0] == 2
