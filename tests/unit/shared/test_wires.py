"""Whoever runs a connection to another machine without TLS is told so; on one machine there is nothing to tell."""

import pytest

from shared.settings import Settings
from shared.wires import in_clear

VERIFIED = "?sslmode=verify-full&sslrootcert=/ca.pem"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", False),
        ("postgresql://u:p@127.0.0.1:5432/homeward_{service}", False),
        ("postgresql://u:p@[::1]/homeward_{service}", False),
        ("postgresql://localhost/homeward_{service}", False),
        ("postgresql://u:p@database:5432/homeward_{service}", True),
        ("postgresql://u:p@database/homeward_{service}?sslmode=require", True),
        ("postgresql://u:p@127.0.0.1,10.0.0.2/homeward_{service}", True),
        (f"postgresql://u:p@database/homeward_{{service}}{VERIFIED}", False),
    ],
)
def test_a_database_elsewhere_is_reached_by_verified_tls_or_somebody_hears_of_it(address: str, told: bool) -> None:
    said = in_clear(Settings.model_validate({"database_url": address}))
    assert [sentence.startswith("PostgreSQL") for sentence in said] == [True] * told
    assert "u:p" not in "".join(said)


@pytest.mark.parametrize(
    ("brokers", "security", "told"),
    [
        ("", "PLAINTEXT", False),
        ("127.0.0.1:9092,localhost:9093", "PLAINTEXT", False),
        ("127.0.0.1:9092,kafka:9092", "PLAINTEXT", True),
        ("kafka:9092", "SASL_PLAINTEXT", True),
        ("kafka:9092", "SASL_SSL", False),
        ("kafka:9092", "SSL", False),
    ],
)
def test_so_are_brokers(brokers: str, security: str, told: bool) -> None:
    said = in_clear(Settings.model_validate({"kafka_brokers": brokers, "kafka_security": security}))
    assert [sentence.startswith("Apache Kafka") for sentence in said] == [True] * told
