"""Settings: `HOMEWARD_*` variables with defaults, typed, read once. An unknown one is an error, not a silent typo."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.key_service import KeyService
from shared.witnessing import Witnessing

PREFIX = "HOMEWARD_"
TEST_PREFIX = "HOMEWARD_TEST_"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class UnknownSetting(Exception):
    """A variable with our prefix that no setting answers to."""


class ServiceSettings(BaseSettings):
    """Base of every settings class; each names its own prefix under `HOMEWARD_`."""

    # An error of one setting would show what is wrong, and the secrets beside it.
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)


class Settings(ServiceSettings, Witnessing, KeyService):
    """What the whole process needs."""

    env: Literal["development", "production"] = "development"
    """What it is run for. In production every unsafe setting is refused before anything is opened."""

    data_dir: Path = Path(".homeward")
    """The folder that holds everything the product writes."""

    host: str = "127.0.0.1"
    """The address to listen on. Loopback only, until accounts exist; see `network`."""

    network: Literal["loopback", "private"] = "loopback"
    """Who can reach that address: this machine alone; or, said by whoever runs it, a closed network of containers."""

    tls_in_front: bool = False
    """Said by whoever runs it: all callers come through a proxy that speaks TLS to them."""

    port: int = 8470
    """The port to listen on. Four processes behind one address take the next four as well."""

    allowed_hosts: str = ""
    """Further names under which requests may come, beside those of loopback and `host`: name,... without ports."""

    allowed_origins: str = ""
    """Nothing: pages of no other origin. Or whose pages may call and read answers: https://name,... exactly."""

    database_url: SecretStr = SecretStr("")
    """Nothing: SQLite files in the data folder. Or postgresql://user:password@host/homeward_{service}, a database per
    service; `{service}` stands for its name, and `keys` for the wrapped keys of sealed values. What libpq knows may
    follow: ?sslmode=verify-full&sslrootcert=FILE, without which the connection may be open to whoever is on the way."""

    database_url_file: Path | None = None
    """A file that holds `database_url`, instead of the variable."""

    database_pool: int = 8
    """How many connections to PostgreSQL a service writes over; it reads over half as many more."""

    store_seconds: float = Field(1.5, gt=0)
    """How long anything waits for a store that is locked or away, a connection to it, or a lock in it."""

    master_key_file: Path | None = None
    """The key that wraps all others; `master.key` in the data folder unless named. Every replica needs the same. With
    `{service}` in it, which stands for a service's name, each service has a key of its own."""

    erasure_ledger: Path | None = None
    """The file that says who was forgotten, by refs; beside the data folder, with `.erasures` behind its name, unless
    named. Every replica needs the same. It lives longer than any store: a restore asks it."""

    kafka_brokers: str = ""
    """Nothing: the embedded log in the data folder. Or host:port,... of Apache Kafka."""

    kafka_topic: str = "case-events"
    """The one topic."""

    kafka_partitions: int = 12
    """How many partitions the topic is made with; never changed afterwards, since that would move keys."""

    kafka_replication: int = 1
    """On how many brokers each partition is kept when the topic is made: 3 in production."""

    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How to speak to the brokers."""

    kafka_ca_file: Path | None = None
    """The authority that signed the brokers' certificates, as PEM."""

    kafka_certificate_file: Path | None = None
    """Our own certificate for the brokers, as PEM; with `kafka_key_file`."""

    kafka_key_file: Path | None = None
    """The key of our own certificate, as PEM."""

    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How a user name and password are proven to the brokers, with SASL."""

    kafka_user: str = ""
    """The user name for SASL."""

    kafka_password: SecretStr = SecretStr("")
    """The password for SASL."""

    kafka_password_file: Path | None = None
    """A file that holds `kafka_password`, instead of the variable."""

    otlp_endpoint: str = ""
    """Nothing: no traces. Or the address of an OpenTelemetry collector, such as http://127.0.0.1:4318."""

    alarm_minutes: int = 15
    """How long a stream may be held or parked before that is logged as an error, and again each time it is over."""

    body_limit: int = 1_048_576
    """The largest request body, in bytes."""

    bodies_limit: int = Field(8_388_608, ge=1)
    """The bytes of all request bodies together that a process holds at a time, and of what their values take there."""

    header_bytes: int = Field(32_768, ge=1)
    """The bytes of a request's address and headers together."""

    header_count: int = Field(100, ge=1)
    """How many headers a request may have."""

    header_seconds: float = Field(10.0, gt=0)
    """Within how many seconds the headers are there, from the opening of a connection or their first byte."""

    body_seconds: float = Field(120.0, gt=0)
    """Within how many seconds a body is there: the largest, over a line of 70 kbit/s."""

    answer_seconds: float = Field(60.0, gt=0)
    """How long a caller may keep an answer waiting before it takes more of it."""

    idle_seconds: float = Field(30.0, gt=0)
    """How long a connection is kept for a next request."""

    connections: int = Field(800, ge=1)
    """How many connections a process has open at a time; below the 1,024 open files that systems allow by default."""

    connections_per_address: int = Field(400, ge=1)
    """How many of them one address may have, unless it is a trusted proxy: thirty browsers need 180."""

    requests_at_work: int = Field(256, ge=1)
    """How many complete requests a process carries out at a time."""

    requests_per_second: float = Field(200.0, gt=0)
    """What one address may send on average, and thirty seconds' worth of it at once."""

    caller_requests_per_minute: int = Field(6000, ge=1)
    """What one caller may send to a process within a minute, from whatever addresses."""

    cases_per_hour: int = Field(500, ge=1)
    """How many different cases and people one caller may be shown by a service within an hour. Work needs tens."""

    issuer: str = ""
    """Nothing: the development issuer, for practice. Or the address of the OpenID provider whose tokens are taken."""

    issuer_at: str = ""
    """Where that provider is asked for its keys, if not at its own address: under a name of an inner network."""

    issuer_ca_file: Path | None = None
    """The authority that signed the provider's certificate, as PEM, where the system does not know it."""

    audience: str = "homeward"
    """For whom its tokens must be made out."""

    trusted_proxies: str = "127.0.0.1,::1"
    """Whose `X-Forwarded-For` is believed: addresses or networks of the proxies in front, with commas between."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    """How much to log: DEBUG, INFO, WARNING or ERROR."""

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, given: Any) -> Any:
        """A secret that a file holds. Files reach a process without standing in its environment."""
        said = dict(given)
        for name in ("database_url", "kafka_password"):
            if path := said.get(f"{name}_file"):
                if said.get(name):
                    raise ValueError(f"{PREFIX}{name.upper()} and {PREFIX}{name.upper()}_FILE: only one of them")
                said[name] = _content(Path(path))
        return said

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, names: str) -> str:
        for name in listed(names):
            ip_network(name)
        return names

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, names: str) -> str:
        """Exactly as a browser sends them: a scheme, a name and perhaps a port, in small letters."""
        for name in listed(names):
            if not _ORIGIN.fullmatch(name) or not _proven(name):
                raise ValueError("https://name, or http:// on this machine, with commas between: no path, no *")
        return names

    @property
    def production(self) -> bool:
        """Whether real people may be in it."""
        return self.env == "production"

    @property
    def origins(self) -> tuple[str, ...]:
        """`allowed_origins`, one by one."""
        return tuple(listed(self.allowed_origins))

    @field_validator("issuer", "issuer_at", "otlp_endpoint", "key_service")
    @classmethod
    def _is_proven(cls, address: str) -> str:
        """Where we call out. Keys that come over an open line could be anybody's, and so could whoever hears it."""
        url = urlsplit(address)
        if address and (not _proven(address) or not url.hostname or "@" in url.netloc or url.query or url.fragment):
            raise ValueError("https://..., or http:// on this machine, without user, query or fragment")
        return address

    @field_validator("audit_witness")
    @classmethod
    def _is_a_witness(cls, place: str) -> str:
        """A server that proves who it is, or a file that means the same wherever a process was started."""
        if "://" in place:
            return cls._is_proven(place)
        if place and not Path(place).is_absolute():
            raise ValueError("https://..., or the absolute path of a file")
        return place

    @model_validator(mode="after")
    def _out_of_reach(self) -> Self:
        """What a role may see is not fit for real people yet, so nobody else may reach it (decision 0018)."""
        if self.host == "localhost" or ip_address(self.host).is_loopback:
            return self
        if self.network == "loopback":
            raise ValueError("HOMEWARD_HOST: only a loopback address, while this is for practice")
        if not ip_address(self.host).is_private:
            raise ValueError("HOMEWARD_HOST: no address of the internet, while this is for practice")
        return self


def listed(names: str) -> Iterator[str]:
    """What stands between the commas of a setting."""
    return filter(None, map(str.strip, names.split(",")))


def _proven(address: str) -> bool:
    """Whether nobody on the way can be who answers there."""
    url = urlsplit(address)
    return url.scheme == "https" or (url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1", "::1"))


def _content(path: Path) -> str:
    """The text of a secret's file, without the end of its line."""
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({type(error).__name__})") from None


def variables(*classes: type[ServiceSettings]) -> dict[str, str]:
    """Every variable these settings classes answer to, with its default."""
    found = {}
    for settings in classes:
        prefix = str(settings.model_config.get("env_prefix", PREFIX))
        for name, info in settings.model_fields.items():
            default = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
            found[f"{prefix}{name}".upper()] = "" if default is None else str(default)
    return found


SECRET = frozenset({"HOMEWARD_DATABASE_URL", "HOMEWARD_KAFKA_PASSWORD"})
"""Variables whose value is never shown."""


def refuse_unknown(environment: Mapping[str, str], *classes: type[ServiceSettings]) -> None:
    """Raise UnknownSetting for a `HOMEWARD_*` variable that nothing reads (`HOMEWARD_TEST_*` excepted)."""
    known = variables(*classes)
    for name in environment:
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            raise UnknownSetting(f"{name} is not a setting of Homeward; `homeward check` lists them")
