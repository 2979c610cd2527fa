"""Settings of grants alone: `HOMEWARD_GRANTS_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import PREFIX, ServiceSettings


class GrantsSettings(ServiceSettings):
    """None yet: limits, quorum and shares are terms of each programme, not of the server."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}GRANTS_", frozen=True)
