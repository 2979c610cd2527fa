"""Settings: `HOMEWARD_*` variables with defaults, typed, read once. An unknown one is an error, not a silent typo."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HOMEWARD_"
TEST_PREFIX = "HOMEWARD_TEST_"


class UnknownSetting(Exception):
    """A variable with our prefix that no setting answers to."""


class ServiceSettings(BaseSettings):
    """Base of every settings class; each names its own prefix under `HOMEWARD_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)


class Settings(ServiceSettings):
    """What the whole process needs."""

    data_dir: Path = Path(".homeward")
    """The folder that holds everything the product writes."""

    host: str = "127.0.0.1"
    """The address to listen on. Loopback only, until accounts exist."""

    port: int = 8470
    """The one port of the embedded run."""

    body_limit: int = 1_048_576
    """The largest request body, in bytes."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    """How much to log: DEBUG, INFO, WARNING or ERROR."""

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        # The development identity lets anybody be anyone, so nobody else may reach it.
        if host != "localhost" and not ip_address(host).is_loopback:
            raise ValueError("only a loopback address, while callers are development identities")
        return host


def variables(*classes: type[ServiceSettings]) -> dict[str, str]:
    """Every variable these settings classes answer to, with its default."""
    found = {}
    for settings in classes:
        prefix = str(settings.model_config.get("env_prefix", PREFIX))
        for name, info in settings.model_fields.items():
            found[f"{prefix}{name}".upper()] = str(info.default)
    return found


def refuse_unknown(environment: Mapping[str, str], *classes: type[ServiceSettings]) -> None:
    """Raise UnknownSetting for a `HOMEWARD_*` variable that nothing reads (`HOMEWARD_TEST_*` excepted)."""
    known = variables(*classes)
    for name in environment:
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            raise UnknownSetting(f"{name} is not a setting of Homeward; `homeward check` lists them")
