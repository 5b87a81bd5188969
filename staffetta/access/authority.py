"""The authority of the services' certificates: its files, and what it has taken back.

The list of what is revoked (RFC 5280, 5) lies beside the authority's certificate. It is good for as
long as the authority: a shorter one would run out where somebody looks after it by hand, and then
no service would reach another.
"""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from staffetta.access.tls import REVOKED

AUTHORITY = "authority"


class NotOfThisAuthority(Exception):
    """The certificate was signed by another authority, or by none."""


def authority_in(directory: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Its certificate and key. Raises OSError, or ValueError where the files hold neither."""
    certificate = x509.load_pem_x509_certificate((directory / f"{AUTHORITY}.pem").read_bytes())
    key = load_pem_private_key((directory / f"{AUTHORITY}.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the authority's key is of another kind")
    return certificate, key


def revoke(directory: Path, file: Path, now: datetime) -> None:
    """Take a certificate back, for good; again is as once. Raises `NotOfThisAuthority`, OSError,
    or ValueError where a file holds no certificate."""
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    authority, _ = authority_in(directory)
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        raise NotOfThisAuthority from None
    if not is_revoked(directory, file):
        given = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
        keep_revoked(directory, [*_revoked(directory), given.revocation_date(now).build()], now)


def is_revoked(directory: Path, file: Path) -> bool:
    """Whether the authority there has taken a certificate back."""
    serial = x509.load_pem_x509_certificate(file.read_bytes()).serial_number
    return any(each.serial_number == serial for each in _revoked(directory))


def keep_revoked(
    directory: Path, revoked: Iterable[x509.RevokedCertificate], now: datetime
) -> None:
    """Write the list anew, whole: all that was in it before stays in it."""
    authority, key = authority_in(directory)
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(_later(directory, now))
        .next_update(authority.not_valid_after_utc)
    )
    for each in revoked:
        built = built.add_revoked_certificate(each)
    put(directory / REVOKED, built.sign(key, SHA256()).public_bytes(Encoding.PEM))


def put(file: Path, told: bytes) -> None:
    """Written whole or not at all; mode 0600."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(told)
    new.replace(file)


def _later(directory: Path, now: datetime) -> datetime:
    """Dated back, since clocks differ; and after the list before, for of two OpenSSL takes the
    newer, to the second."""
    file, dated = directory / REVOKED, now.replace(microsecond=0) - timedelta(minutes=5)
    if not file.exists():
        return dated
    before = x509.load_pem_x509_crl(file.read_bytes()).last_update_utc
    return max(dated, before + timedelta(seconds=1))


def _revoked(directory: Path) -> list[x509.RevokedCertificate]:
    file = directory / REVOKED
    return list(x509.load_pem_x509_crl(file.read_bytes())) if file.exists() else []
