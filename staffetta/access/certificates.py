"""Certificates for services that know each other: one authority, one name for each service."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from staffetta.access.authority import AUTHORITY, authority_in, is_revoked, keep_revoked, put
from staffetta.access.tls import REVOKED

__all__ = ["AUTHORITY", "GATEWAY", "ends", "make", "named"]
GATEWAY = "gateway"
_AUTHORITY_LASTS, _LASTS = timedelta(days=3650), timedelta(days=397)
_RENEWED_BEFORE = timedelta(days=60)


def make(directory: Path, names: Iterable[str], now: datetime) -> list[str]:
    """An authority, and for each name NAME.pem and NAME.key (mode 0600). What is there stays, but
    for what ends within 60 days or is revoked. Returns the names that were made."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (directory / f"{AUTHORITY}.pem").exists():
        _make_authority(directory, now)
    if not (directory / REVOKED).exists():
        keep_revoked(directory, [], now)
    made = []
    for name in names:
        file = directory / f"{name}.pem"
        if not file.exists() or ends(file) < now + _RENEWED_BEFORE or is_revoked(directory, file):
            _make(directory, name, now)
            made.append(name)
    return made


def ends(file: Path) -> datetime:
    """When a certificate ends (UTC). Raises ValueError where the file holds none."""
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def named(file: Path) -> list[str]:
    """The names in a certificate. Raises ValueError where the file holds none."""
    extensions = x509.load_pem_x509_certificate(file.read_bytes()).extensions
    try:
        found = extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return found.value.get_values_for_type(x509.DNSName)


def _make_authority(directory: Path, now: datetime) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), _called("Staffetta services")
    built = (
        _begun(name, name, key, now, _AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_others=True), critical=True)
    )
    _write(directory, AUTHORITY, built.sign(key, SHA256()), key)


def _make(directory: Path, name: str, now: datetime) -> None:
    issuer, signing = authority_in(directory)
    key = ec.generate_private_key(ec.SECP256R1())
    # Peers go by the name alone. The address is for whoever looks after the machine.
    names = [
        x509.DNSName(name),
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Address("127.0.0.1")),
    ]
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    built = (
        _begun(_called(name), issuer.subject, key, now, _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_others=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    _write(directory, name, built.sign(signing, SHA256()), key)


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    name: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasting: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # clocks differ a little
        .not_valid_after(now + lasting)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(
    directory: Path, name: str, made: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # The certificate last: where it is there, its key is.
    put(directory / f"{name}.key", private)
    put(directory / f"{name}.pem", made.public_bytes(Encoding.PEM))
