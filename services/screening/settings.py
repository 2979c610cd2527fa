"""What an operator may set for screening alone. Nothing yet: forms and rules are versioned data, not settings."""

from pydantic_settings import SettingsConfigDict

from shared.settings import PREFIX, ServiceSettings


class ScreeningSettings(ServiceSettings):
    """Variables that begin with `HOMEWARD_SCREENING_`."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}SCREENING_", frozen=True)
