"""Certificates of the servers: made once, made again in time, and readable by nobody who need not read them."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from deploy import certificates
from deploy.certificates import CERTIFICATE, RENEWED, issue

SERVERS = {"kafka": 0, "postgres": 0}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("authority", "certificates"):
        (tmp_path / name).mkdir()
    return tmp_path / "authority", tmp_path / "certificates"


def test_one_may_be_for_the_name_by_which_others_call_it(places: tuple[Path, Path]) -> None:
    assert issue(*places, {"site@centre.lan": 0}) == ["site"]
    found = x509.load_pem_x509_certificate((places[1] / "site.pem").read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["centre.lan", "localhost"]
    assert issue(*places, {"site@centre.lan": 0}) == []


def valid(path: Path) -> timedelta:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc - datetime.now(UTC)


def test_each_server_gets_one_that_the_authority_signed_for_its_name(places: tuple[Path, Path]) -> None:
    assert issue(*places, SERVERS) == ["kafka", "postgres"]
    authority = x509.load_pem_x509_certificate((places[1] / CERTIFICATE).read_bytes())
    for name in SERVERS:
        found = x509.load_pem_x509_certificate((places[1] / f"{name}.pem").read_bytes())
        found.verify_directly_issued_by(authority)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [name, "localhost"]
        assert found.subject.rfc4514_string() == f"CN={name}"
        # Python's own TLS takes key and certificate as they stand there.
        ssl.create_default_context(cafile=str(places[1] / CERTIFICATE)).load_cert_chain(places[1] / f"{name}.pem")


def test_keys_are_for_their_server_alone_and_the_signing_key_for_nobody(places: tuple[Path, Path]) -> None:
    issue(*places, SERVERS)
    assert [path.name for path in places[0].iterdir()] == ["ca.key"]
    assert stat.S_IMODE((places[0] / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(places[0].stat().st_mode) == 0o700
    for name in SERVERS:
        assert stat.S_IMODE((places[1] / f"{name}.pem").stat().st_mode) & 0o037 == 0
    assert stat.S_IMODE((places[1] / CERTIFICATE).stat().st_mode) == 0o444


def test_what_has_long_to_live_stays_and_what_has_not_is_made_again(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(*places, SERVERS)
    before = {path: path.read_bytes() for path in places[1].iterdir()}
    assert issue(*places, SERVERS) == []
    assert {path: path.read_bytes() for path in places[1].iterdir()} == before
    monkeypatch.setattr(certificates, "SERVER_DAYS", RENEWED.days - 1)
    (places[1] / "kafka.pem").unlink()
    assert issue(*places, SERVERS) == ["kafka"]
    monkeypatch.undo()
    assert issue(*places, SERVERS) == ["kafka"]
    assert valid(places[1] / "kafka.pem") > timedelta(days=390)
    assert (places[1] / CERTIFICATE).read_bytes() == before[places[1] / CERTIFICATE]


def test_without_its_key_the_authority_is_made_anew_and_all_that_it_signed(places: tuple[Path, Path]) -> None:
    issue(*places, SERVERS)
    (places[0] / "ca.key").unlink()
    assert issue(*places, SERVERS) == ["kafka", "postgres"]
    authority = x509.load_pem_x509_certificate((places[1] / CERTIFICATE).read_bytes())
    x509.load_pem_x509_certificate((places[1] / "kafka.pem").read_bytes()).verify_directly_issued_by(authority)
