"""Certificates for the servers of docker-compose.yml: `python certificates.py AUTHORITY FOLDER NAME[@HOST]=GROUP ...`.

An authority of this installation's own signs one certificate per server. Made where missing, and made again when one
has not long to live; all else stays. Run by root, each file may be read by its server's group; else by its owner alone.
Nothing of the product is used, so that the file can be mounted by itself into the product's image.
"""

import ipaddress
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY_DAYS, SERVER_DAYS = 3650, 397
RENEWED = timedelta(days=60)
"""What has less than this to live is made again."""
CERTIFICATE = "ca.pem"
"""What whoever calls a server trusts."""

Key = ec.EllipticCurvePrivateKey


def issue(authority: Path, folder: Path, servers: Mapping[str, int]) -> list[str]:
    """Make what is missing or old; the names of servers that must read theirs again. Some have a host's name."""
    authority.chmod(0o700)
    key, signed_by = _authority(authority / "ca.key", folder / CERTIFICATE)
    renewed = []
    for server, group in servers.items():
        name, _, host = server.partition("@")
        path = folder / f"{name}.pem"
        if not _lives(path, signed_by):
            _write(path, _server(host or name, key, signed_by), group)
            renewed.append(name)
    return renewed


def _authority(secret: Path, public: Path) -> tuple[Key, x509.Certificate]:
    if not secret.exists() or not public.exists():
        new = ec.generate_private_key(ec.SECP256R1())
        name = _name("Homeward, this installation")
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        built = _built(name, name, new, AUTHORITY_DAYS)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        certificate = built.add_extension(usage, critical=True).sign(new, hashes.SHA256())
        _write(secret, _pem(new), None)
        _write(public, _public(certificate), None, 0o444)
    key = serialization.load_pem_private_key(secret.read_bytes(), None)
    assert isinstance(key, Key)
    return key, x509.load_pem_x509_certificate(public.read_bytes())


def _server(name: str, key: Key, authority: x509.Certificate) -> bytes:
    """Key and certificate in one file. Servers of one kind show theirs to each other, too."""
    own = ec.generate_private_key(ec.SECP256R1())
    here = [x509.DNSName(name), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = _built(_name(name), authority.subject, own, SERVER_DAYS)
    built = built.add_extension(x509.SubjectAlternativeName(here), critical=False)
    return _pem(own) + _public(built.sign(key, hashes.SHA256()))


def _lives(path: Path, authority: x509.Certificate) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEWED


def _built(subject: x509.Name, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is a little behind must not refuse what was made just now.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes, group: int | None, mode: int = 0o600) -> None:
    """Put it there at once, whole. A server must not run as root, so its group reads what root keeps."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    if group is not None and os.geteuid() == 0:
        os.chown(part, 0, group)
        mode = 0o640
    part.chmod(mode)
    part.replace(path)


if __name__ == "__main__":
    groups = dict(word.split("=") for word in sys.argv[3:])
    made = issue(Path(sys.argv[1]), Path(sys.argv[2]), {name: int(group) for name, group in groups.items()})
    sys.stdout.write(f"New certificates: {', '.join(made) or 'none'}.\n")
