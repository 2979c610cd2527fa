"""What an operator may set for intake alone. Nothing yet: every rule here is law or a code list, not a setting."""

from pydantic_settings import SettingsConfigDict

from shared.settings import PREFIX, ServiceSettings


class IntakeSettings(ServiceSettings):
    """Variables that begin with `HOMEWARD_INTAKE_`."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}INTAKE_", frozen=True)
