"""From settings to master keys: one file for all services, a file for each, or a key service's key for each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.contracts.catalogue import PRODUCERS
from shared.outgoing import Posting
from shared.sealing.going_over import GoingOver
from shared.sealing.keyfile import WrongKeys
from shared.sealing.ring import Ring
from shared.sealing.transit import Place, Transit
from shared.sealing.vault_token import FileToken, Role, RoleToken, Token
from shared.sealing.wrapping import Masters, Wrapping
from shared.settings import Settings

NAMED = "{service}"
"""Stands for the name of a service in what settings say."""


def key_file(settings: Settings, service: str = PRODUCERS[0]) -> Path:
    """Where the master key of a service lies: the same for all unless the setting has `{service}` in it."""
    return of_service(settings.master_key_file or Path(settings.data_dir) / "master.key", service)


def key_files(settings: Settings, services: Sequence[str] = PRODUCERS) -> Mapping[str, Path]:
    """Each service's key file; none where a key service alone has the master keys."""
    if settings.key_service and settings.master_key_file is None:
        return {}
    return {name: key_file(settings, name) for name in services}


def each_its_own(settings: Settings) -> bool:
    """Whether each service has a master key of its own."""
    return bool(settings.key_service) or file_for_each(settings)


def file_for_each(settings: Settings) -> bool:
    """Whether there is a key file for each service."""
    return NAMED in str(settings.master_key_file or "")


def of_service(path: Path, service: str) -> Path:
    """A path that settings name, for one service."""
    return Path(str(path).replace(NAMED, service))


def masters_for(settings: Settings, services: Sequence[str] = PRODUCERS) -> Masters:
    """What wraps for these services, and for no other. Raises NoKeys for what is missing or not to be used."""
    if settings.key_service:
        return Masters({name: _with_key_service(settings, name) for name in services})
    rings = {path: Ring(path) for path in dict.fromkeys(key_files(settings, services).values())}
    return Masters({name: rings[path] for name, path in key_files(settings, services).items()})


def _with_key_service(settings: Settings, service: str) -> Wrapping:
    posting = Posting(settings.key_service, settings.key_service_ca_file, settings.key_service_seconds)
    key = settings.key_service_key.replace(NAMED, service)
    place = Place(settings.key_service, settings.key_service_mount, key)
    transit = Transit(place, _token(settings, service, posting), posting)
    if settings.master_key_file is None:
        return transit
    return GoingOver(Ring(key_file(settings, service)), transit)


def _token(settings: Settings, service: str, posting: Posting) -> Token:
    if (token := settings.key_service_token_file) is not None:
        return FileToken(of_service(token, service))
    role, secret = settings.key_service_role_id_file, settings.key_service_secret_id_file
    if role is None or secret is None:
        raise WrongKeys(
            "HOMEWARD_KEY_SERVICE needs HOMEWARD_KEY_SERVICE_TOKEN_FILE, or the two files of an AppRole: "
            "HOMEWARD_KEY_SERVICE_ROLE_ID_FILE and HOMEWARD_KEY_SERVICE_SECRET_ID_FILE"
        )
    address = f"{settings.key_service.rstrip('/')}/v1/auth/approle/login"
    return RoleToken(Role(address, of_service(role, service), of_service(secret, service)), posting)
