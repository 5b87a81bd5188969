"""Where the key-encryption keys are, from the environment: a sealed file, a token, a server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.trust.kek import Kek, NoKek, NotMade
from shared.trust.sealed_kek import embedded_kek


class KekSettings(BaseSettings):
    """Each is a variable `STAFFETTA_…`, or a file of the directory that STAFFETTA_SECRETS names."""

    model_config = SettingsConfigDict(env_prefix="STAFFETTA_", hide_input_in_errors=True)
    kek: Literal["file", "pkcs11", "transit"] = Field(
        "file", description="Where the key-encryption keys are: file, pkcs11 or transit."
    )
    key_passphrase: SecretStr | None = Field(None, description="What opens the sealed file.")
    pkcs11_library: Path | None = Field(None, description="The token's PKCS#11 library.")
    pkcs11_token: str | None = Field(None, description="The token's label.")
    pkcs11_pin: SecretStr | None = Field(None, description="The PIN of the token's user.")
    transit: str | None = Field(None, description="The address of OpenBao or Vault: https://…")
    transit_mount: str = Field("transit", description="Where its transit engine is mounted.")
    transit_namespace: str = Field("", description="The namespace there, if it has any.")
    transit_token: SecretStr | None = Field(None, description="The service's token there.")
    transit_token_file: Path | None = Field(
        None, description="A file that whoever renews the token writes it to."
    )
    transit_authorities: Path | None = Field(
        None, description="Certificates (PEM) that the server's own is checked against."
    )


def kek_of(settings: KekSettings, service: str, key_file: Path | None, *, make: bool) -> Kek:
    """The key-encryption keys of a service. `key_file`: what a sealed file stands beside.

    The first is made where `make` allows it. Raises `NoKek`.
    """
    for name, rule in missing(settings):
        raise NoKek(f"{name} {rule}")
    match settings.kek:
        case "pkcs11":
            return _in_a_token(settings, service, make=make)
        case "transit":
            return _with_a_server(settings, service, make=make)
        case "file":
            return _in_a_file(settings, key_file, make=make)


def kek_trouble(settings: KekSettings, service: str) -> str:
    """What is wrong with a token or a server, in words; empty where all is well, and where its
    first key is still to be made. A sealed file is looked at with the keys beside it."""
    if settings.kek == "file":
        return ""
    try:
        kek_of(settings, service, None, make=False).close()
    except NotMade:
        return ""
    except NoKek as trouble:
        return trouble.why
    return ""


def missing(settings: KekSettings) -> Iterator[tuple[str, str]]:
    """The variables that the choice needs and that are not there, each with the rule."""
    needed = {
        "file": (),
        "pkcs11": ("pkcs11_library", "pkcs11_token", "pkcs11_pin"),
        "transit": ("transit",),
    }
    for name in needed[settings.kek]:
        if not getattr(settings, name):
            yield f"STAFFETTA_{name.upper()}", "must be set where STAFFETTA_KEK names this store"
    if settings.kek == "transit" and not (settings.transit_token or settings.transit_token_file):
        yield "STAFFETTA_TRANSIT_TOKEN", "or STAFFETTA_TRANSIT_TOKEN_FILE must be set"


def _in_a_file(settings: KekSettings, key_file: Path | None, *, make: bool) -> Kek:
    if key_file is None:
        raise NoKek("STAFFETTA_KEYS must be set: the directory of the sealed file")
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase = settings.key_passphrase
    named = passphrase.get_secret_value() if passphrase else None
    return embedded_kek(key_file, make=make, named=named)


def _in_a_token(settings: KekSettings, service: str, *, make: bool) -> Kek:
    # A native library's wrapper, which most installations never need.
    from shared.trust.pkcs11_kek import pkcs11_kek, token_at  # noqa: PLC0415

    library, label, pin = settings.pkcs11_library, settings.pkcs11_token, settings.pkcs11_pin
    if library is None or label is None or pin is None:
        raise NoKek("the token is not named")
    return pkcs11_kek(token_at(library, label, pin.get_secret_value()), service, make=make)


def _with_a_server(settings: KekSettings, service: str, *, make: bool) -> Kek:
    from shared.trust.transit_kek import Transit, transit_kek  # noqa: PLC0415  # the same

    where = Transit(
        settings.transit or "",
        _token_of(settings),
        settings.transit_mount,
        settings.transit_namespace,
        settings.transit_authorities,
    )
    return transit_kek(where, service, make=make)


def _token_of(settings: KekSettings) -> Callable[[], str]:
    file, token = settings.transit_token_file, settings.transit_token
    if file is not None:
        return lambda: file.read_text().strip()
    return token.get_secret_value if token else lambda: ""
