"""Which connections of this process leave the machine without TLS: said at every start and by `homeward check`.

Nothing is refused, since a network may be encrypted below us; but whoever runs it so shall know that it is.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from shared.settings import Settings

VERIFIED = "verify-full"
"""The one `sslmode` with which nobody on the way can be the server."""


def in_clear(settings: Settings) -> list[str]:
    """A sentence for each connection to another machine that somebody on the way could read or answer."""
    return [*database_in_clear(settings), *_brokers(settings)]


def database_in_clear(settings: Settings) -> Iterator[str]:
    """A sentence where the connection to the database is one of them."""
    url = urlsplit(settings.database_url.get_secret_value())
    hosts = (host.rpartition("@")[2] for host in url.netloc.split(","))
    mode = parse_qs(url.query).get("sslmode", [""])[-1]
    if url.netloc and mode != VERIFIED and not _here(hosts):
        yield (
            f"PostgreSQL is on another machine and sslmode is {mode or 'not set'}: whoever is on the way can read or "
            f"answer. HOMEWARD_DATABASE_URL should end in ?sslmode={VERIFIED}&sslrootcert=FILE."
        )


def _brokers(settings: Settings) -> Iterator[str]:
    if not settings.kafka_security.endswith("SSL") and not _here(settings.kafka_brokers.split(",")):
        yield (
            "Apache Kafka is on another machine and is spoken to without TLS: whoever is on the way can read or "
            "answer. Set HOMEWARD_KAFKA_SECURITY=SASL_SSL and HOMEWARD_KAFKA_CA_FILE."
        )


def _here(places: Iterable[str]) -> bool:
    """Whether all of these are this machine's loopback."""
    return all(on_loopback(urlsplit(f"//{place.strip()}").hostname or "") for place in places)


def on_loopback(host: str) -> bool:
    """Whether a host is this machine's loopback; so is none."""
    try:
        return host in {"", "localhost"} or ip_address(host).is_loopback
    except ValueError:
        return False
