"""Brokers that ask who we are and show who they are: TLS by an authority of the test's own, and a password by SCRAM."""

import ipaddress
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.local.kafka import Kafka
from shared.bus.kafka import KafkaBus, NoAnswer
from shared.settings import Settings
from tests.contract.test_bus import beginning, gathered, record

USER, PASSWORD = "homeward", "invented-for-this-test"


@dataclass(frozen=True)
class Authority:
    """Signs itself, and brokers of this machine."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented authority")])
        built = _certificate(name, name, key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        return cls(key, built.add_extension(usage, critical=True).sign(key, hashes.SHA256()))

    def broker(self) -> str:
        """Key and certificate of a broker on loopback, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        built = _certificate(name, self.certificate.subject, key).add_extension(here, critical=False)
        certificate = built.sign(self.key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return (private + certificate.public_bytes(Encoding.PEM)).decode()

    def write(self, path: Path) -> Path:
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )


@pytest.fixture(scope="module")
def guarded(kafka_brokers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A broker that wants TLS and a password, and the file of the authority behind it."""
    folder = tmp_path_factory.mktemp("guarded")
    authority = Authority.new()
    (folder / "broker.pem").write_text(authority.broker(), "utf-8")
    broker = Kafka(
        folder / "kafka",
        extra={
            "listener.security.protocol.map": "CLIENTS:SASL_SSL,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(folder / "broker.pem"),
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
        },
        formatting=("--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"),
    )
    broker.start()
    yield broker.addresses, authority.write(folder / "authority.pem")
    broker.stop()


@pytest.fixture
async def knocking(guarded: tuple[str, Path]) -> AsyncIterator["Knocking"]:
    door = Knocking(*guarded)
    yield door
    for bus in door.opened:
        await bus.stop()


class Knocking:
    """Opens buses towards the guarded broker."""

    def __init__(self, brokers: str, authority: Path) -> None:
        self.brokers, self.authority = brokers, authority
        self.opened: list[KafkaBus] = []

    def bus(self, authority: Path, password: str) -> KafkaBus:
        settings = Settings.model_validate(
            {
                "kafka_brokers": self.brokers,
                "kafka_security": "SASL_SSL",
                "kafka_ca_file": authority,
                "kafka_user": USER,
                "kafka_password": password,
            }
        )
        self.opened.append(KafkaBus(settings))
        return self.opened[-1]


async def test_the_right_authority_and_password_open_the_door(knocking: Knocking) -> None:
    bus = knocking.bus(knocking.authority, PASSWORD)
    await bus.publish([record("case/1", 1)])
    assert len(await gathered(await bus.subscribe("grants", beginning), 1)) == 1


async def test_a_wrong_password_keeps_it_shut(knocking: Knocking) -> None:
    with pytest.raises(NoAnswer):
        await knocking.bus(knocking.authority, "wrong").publish([record("case/1", 1)])


async def test_a_broker_of_another_authority_is_not_spoken_to(knocking: Knocking, tmp_path: Path) -> None:
    other = Authority.new().write(tmp_path / "other.pem")
    with pytest.raises(NoAnswer):
        await knocking.bus(other, PASSWORD).publish([record("case/1", 1)])


def test_files_that_do_not_fit_are_an_error_at_once(tmp_path: Path) -> None:
    settings = Settings(kafka_brokers="127.0.0.1:1", kafka_security="SSL", kafka_ca_file=tmp_path / "missing.pem")
    with pytest.raises(OSError, match="No such file"):
        KafkaBus(settings)
