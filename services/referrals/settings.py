"""Settings of referrals alone: `HOMEWARD_REFERRALS_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import PREFIX, ServiceSettings


class ReferralsSettings(ServiceSettings):
    """None yet: what a programme changes is data, such as the code lists and the schedule of visits."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}REFERRALS_", frozen=True)
