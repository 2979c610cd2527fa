"""The arguments of every Kafka client, and a record as Kafka's bytes.

Anything that a third party may have written becomes a record, never an error. A record whose key or headers are not
plain UTF-8 text loses its attributes: it then names no stream, and the consumer parks it as unreadable with its bytes
spelt out.
"""

from collections.abc import Iterable
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any

from aiokafka.structs import ConsumerRecord

from shared.bus.kafka_sieve import Sieve
from shared.bus.port import Delivered
from shared.events.record import Record
from shared.settings import Settings

NOT_TEXT = "not-text-"
"""Stands before the name of every header of a record that is not plain text."""


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments of every aiokafka client. Raises OSError or ValueError over certificate files that do not fit."""
    arguments = {
        "bootstrap_servers": settings.kafka_brokers,
        "client_id": "homeward",
        "security_protocol": settings.kafka_security,
        "request_timeout_ms": 10_000,
        "metadata_max_age_ms": 60_000,
    }
    if settings.kafka_security.endswith("SSL"):
        arguments["ssl_context"] = _trust(settings)
    if settings.kafka_security.startswith("SASL"):
        arguments |= {
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return arguments


def _trust(settings: Settings) -> SSLContext:
    """Only brokers whose certificate the authority signed for the name we call them by; none given: the system's."""
    context = create_default_context(cafile=_path(settings.kafka_ca_file))
    if settings.kafka_certificate_file is not None:
        context.load_cert_chain(settings.kafka_certificate_file, _path(settings.kafka_key_file))
    return context


def _path(file: Path | None) -> str | None:
    return str(file) if file else None


def headers_of(record: Record) -> list[tuple[str, bytes]]:
    """A record's headers as Kafka takes them."""
    return [(name, value.encode()) for name, value in record.headers.items()]


def delivered(partition: int, message: "ConsumerRecord[bytes | None, bytes | None]", sieve: Sieve) -> Delivered:
    """A message as what a subscription hands out; of headers of one name the last, and nothing as empty."""
    flaw = sieve.flaw(message.headers)
    if flaw is not None:
        seen = _meaningless(message.key, message.headers[:-1], message.value)
        return Delivered(partition, message.offset, seen, flaw.why, flaw.first)
    key, value = message.key or b"", message.value or b""
    try:
        headers = {_text(name.encode()): _text(content or b"") for name, content in message.headers}
        return Delivered(partition, message.offset, Record(_text(key), headers, value))
    except ValueError:
        seen = _meaningless(message.key, message.headers, message.value)
        return Delivered(partition, message.offset, seen, "not_text")


def _meaningless(key: bytes | None, headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> Record:
    """A record that names no stream, its bytes spelt out."""
    shown = {NOT_TEXT + _shown(name.encode()): _shown(content or b"") for name, content in headers}
    return Record(_shown(key or b""), shown, value or b"")


def _text(raw: bytes) -> str:
    """Text that every database can hold: UTF-8 without NUL, or ValueError."""
    if b"\x00" in raw:
        raise ValueError
    return raw.decode()


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
