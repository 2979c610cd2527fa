"""What `HOMEWARD_ENV=production` refuses: each unsafe setting with one sentence, before anything is opened.

What is about connections and secrets holds for every command; what is about callers, for whatever answers them. Where
nothing says production, all of it is allowed: practice needs none.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.contracts.catalogue import PRODUCERS
from shared.sealing.at_hand import key_files, of_service
from shared.sealing.ring import next_to
from shared.settings import TEST_PREFIX, Settings, listed
from shared.wires import database_in_clear, on_loopback

GUESSED = frozenset({"", "admin", "change-me", "changeme", "homeward", "password", "postgres", "secret", "test"})
"""What nobody would have to find out. Neither may a password be the name of its user."""
KEY_FILES = ("database_url_file", "kafka_password_file", "kafka_key_file")
CREDENTIALS = ("key_service_token_file", "key_service_role_id_file", "key_service_secret_id_file")


class Unsafe(Exception):
    """Settings with which nothing starts in production. The text says what to set instead."""


def refuse_unsafe(settings: Settings, *, serving: bool = True, environ: Mapping[str, str] = os.environ) -> None:
    """Raise Unsafe with a line for each setting that production does not allow."""
    if settings.production:
        found = [*_connections(settings), *_secrets(settings), *_keys(settings), *_tests(settings, environ)]
        if serving:
            found += [
                *_stores(settings),
                *_issuer(settings),
                *_reach(settings),
                *_origins(settings),
                *_witness(settings),
            ]
        if found:
            raise Unsafe("\n".join(found))


def refuse_practice(settings: Settings, what: str) -> None:
    """Raise Unsafe in production, where invented people are never let in."""
    if settings.production:
        raise Unsafe(f"{what} is for invented people alone: HOMEWARD_ENV=production does not allow it.")


def _connections(settings: Settings) -> Iterator[str]:
    yield from database_in_clear(settings)
    if settings.kafka_brokers:
        if not settings.kafka_security.endswith("SSL"):
            yield f"HOMEWARD_KAFKA_SECURITY: {settings.kafka_security} is not TLS; set SASL_SSL, or SSL with a key."
        elif settings.kafka_security == "SSL" and not (settings.kafka_certificate_file and settings.kafka_key_file):
            yield "HOMEWARD_KAFKA_CERTIFICATE_FILE, HOMEWARD_KAFKA_KEY_FILE: without them a broker knows nobody by SSL."


def _secrets(settings: Settings) -> Iterator[str]:
    database, kafka = urlsplit(settings.database_url.get_secret_value()), settings.kafka_password.get_secret_value()
    if database.hostname and _guessed(unquote(database.password or ""), unquote(database.username or "")):
        yield "HOMEWARD_DATABASE_URL: its password is missing or can be guessed."
    by_password = settings.kafka_brokers and settings.kafka_security.startswith("SASL")
    if by_password and _guessed(kafka, settings.kafka_user):
        yield "HOMEWARD_KAFKA_PASSWORD: it is missing or can be guessed."
    for name in KEY_FILES:
        path = getattr(settings, name)
        if path is not None and _open_to_others(path):
            yield _open(name, path)


def _keys(settings: Settings) -> Iterator[str]:
    """What wraps the keys of people: each service's is its own, and is told to nobody else."""
    paths = dict.fromkeys(key_files(settings).values())
    yield from (_open("master_key_file", path) for path in paths if _open_to_others(path))
    if (both := _the_same(paths)) is not None:
        yield f"HOMEWARD_MASTER_KEY_FILE: {both[0]} and {both[1]} are one key; each service needs one of its own."
    if not settings.key_service:
        return
    credentials = [(name, path) for name in CREDENTIALS if (path := getattr(settings, name)) is not None]
    if settings.key_service_ca_file is None and not on_loopback(urlsplit(settings.key_service).hostname or ""):
        yield "HOMEWARD_KEY_SERVICE_CA_FILE: any authority that this system knows could vouch for it; name its own."
    for name, path in credentials:
        places = dict.fromkeys(of_service(path, service) for service in PRODUCERS)
        yield from (_open(name, place) for place in places if _open_to_others(place))


def _open(name: str, path: Path) -> str:
    return f"HOMEWARD_{name.upper()}: everybody on this machine can read {path}; chmod o-rwx it."


def _the_same(paths: Iterable[Path]) -> tuple[Path, Path] | None:
    """Two key files that hold one key, of those that can be seen; not while one of them goes over to another."""
    seen: dict[bytes, Path] = {}
    for path in paths:
        if os.access(path, os.R_OK) and not next_to(path).exists():
            first = seen.setdefault(path.read_bytes(), path)
            if first != path:
                return first, path
    return None


def _guessed(password: str, user: str) -> bool:
    return password.lower() in GUESSED or password == user


def _open_to_others(path: Path) -> bool:
    """One that is missing, or out of our sight, is told of by whoever needs it."""
    try:
        return bool(path.stat().st_mode & stat.S_IRWXO)
    except OSError:
        return False


def _tests(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    if settings.log_level == "DEBUG":
        yield "HOMEWARD_LOG_LEVEL: DEBUG is for development; set INFO, WARNING or ERROR."
    for name in sorted(name for name in environ if name.startswith(TEST_PREFIX)):
        yield f"{name}: it belongs to tests; unset it."


def _stores(settings: Settings) -> Iterator[str]:
    if bool(settings.database_url.get_secret_value()) != bool(settings.kafka_brokers):
        yield "HOMEWARD_DATABASE_URL and HOMEWARD_KAFKA_BROKERS: set both, or neither and one process alone."


def _issuer(settings: Settings) -> Iterator[str]:
    issuer = urlsplit(settings.issuer)
    if not settings.issuer:
        yield "HOMEWARD_ISSUER: nobody says who is calling; set the address of an OpenID provider."
    elif issuer.scheme != "https":
        yield "HOMEWARD_ISSUER: its keys would come without TLS; set https://."
    elif on_loopback(issuer.hostname or ""):
        yield "HOMEWARD_ISSUER: loopback is no name that callers could sign in at; set the provider's own."


def _reach(settings: Settings) -> Iterator[str]:
    if not on_loopback(settings.host) and not settings.tls_in_front:
        yield "HOMEWARD_TLS_IN_FRONT: others reach this address; set true once a proxy in front speaks TLS to them."
    if not settings.allowed_hosts or "*" in settings.allowed_hosts:
        yield "HOMEWARD_ALLOWED_HOSTS: set the names under which callers come, each exactly."
    for name in listed(settings.trusted_proxies):
        if not ip_network(name).prefixlen:
            yield f"HOMEWARD_TRUSTED_PROXIES: {name} is everybody, who could then come from any address."


def _witness(settings: Settings) -> Iterator[str]:
    """Whoever can write the stores could otherwise write the audit anew, and nobody would ever know."""
    place = settings.audit_witness
    if not place:
        yield "HOMEWARD_AUDIT_WITNESS: nobody outside would know how far the audit had come; set a file or a server."
    elif "://" in place:
        if urlsplit(place).scheme != "https" or on_loopback(urlsplit(place).hostname or ""):
            yield "HOMEWARD_AUDIT_WITNESS: a server on this machine is no witness; set one of somebody else, https://."
    elif Path(place).resolve().is_relative_to(Path(settings.data_dir).resolve()):
        yield "HOMEWARD_AUDIT_WITNESS: a file in the data folder goes with it; set one that is elsewhere."


def _origins(settings: Settings) -> Iterator[str]:
    for name in settings.origins:
        if urlsplit(name).scheme != "https":
            yield f"HOMEWARD_ALLOWED_ORIGINS: {name} is for development; name https:// alone."
