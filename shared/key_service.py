"""What an operator sets of a key service that wraps keys. Part of `shared.settings.Settings`."""

from pathlib import Path

from pydantic import BaseModel, Field


class KeyService(BaseModel):
    """Where the key service is, and with what each service proves who it is."""

    key_service: str = ""
    """Nothing: key files. Or the https:// address of Vault or OpenBao, whose transit engine wraps the keys then."""

    key_service_mount: str = Field("transit", pattern=r"^[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*$")
    """Where that engine is mounted."""

    key_service_key: str = Field("homeward-{service}", pattern=r"^[a-zA-Z0-9_.-]*\{service\}[a-zA-Z0-9_.-]*$")
    """The name of each service's key there; `{service}` stands for the service."""

    key_service_ca_file: Path | None = None
    """The authority that signed the key service's certificate, as PEM."""

    key_service_token_file: Path | None = None
    """A file with the token for it, kept fresh by somebody else; `{service}` stands for the service."""

    key_service_role_id_file: Path | None = None
    """Instead of a token: a file with the role id of an AppRole; `{service}` stands for the service."""

    key_service_secret_id_file: Path | None = None
    """A file with that role's secret id; `{service}` stands for the service."""

    key_service_seconds: float = Field(1.5, gt=0)
    """How long anything waits for it."""
