"""Protected fields: sealed where they are stored, opened only for a disclosure.

Sealing follows the design, section 5: a key per person, class of data and service; per event
HKDF-SHA256 (RFC 5869) with a random salt gives an AES-256-GCM-SIV key (RFC 8452) and a key
commitment, so that a ciphertext opens under one key only; the associated data binds service,
stream, position, type, schema, subject, class and field, so that nothing can be moved to another
place. What is stored begins with its form, `2.`; the first form had no mark, and still opens.
"""

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    SerializationInfo,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from shared.trust.keys import Keys
from shared.trust.merkle import canonical

_SALT, _NONCE, _COMMITMENT = 32, 12, 32
_FORM = "2."


class Identity:
    """Names, birth date, documents."""


class Contact:
    """How the person can be reached."""


class Health:
    """Anything about body or mind (Regulation (EU) 2016/679, art. 9)."""


class Narrative:
    """What the person, or somebody about them, told in their own words."""


ClassOfData = TypeVar("ClassOfData", Identity, Contact, Health, Narrative)


REVEALED: dict[str, Any] = {"revealed": True}


def _masked(text: SecretStr, info: SerializationInfo) -> str:
    return text.get_secret_value() if info.context == REVEALED else str(text)


def _is_text(text: SecretStr) -> SecretStr:
    """Half of a surrogate pair cannot be encoded, and NUL ends a text in much that reads it."""
    told = text.get_secret_value()
    if "\x00" in told or told.encode(errors="replace").decode() != told:
        raise PydanticCustomError("text", "a text in Unicode, without NUL")
    return text


# Personal input of a command: shown as stars wherever it is printed or dumped, but for a digest.
Personal = Annotated[
    SecretStr, Field(max_length=20_000), AfterValidator(_is_text), PlainSerializer(_masked)
]


class CannotOpen(Exception):
    """The ciphertext does not belong here, or was changed. Never says what it holds."""


class Protected(BaseModel, Generic[ClassOfData]):
    """A text in the clear (fresh from a command) or sealed (as stored); never written in clear."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    clear: SecretStr | None = None
    sealed: str | None = None

    @model_serializer
    def _sealed_only(self) -> dict[str, str]:
        if self.sealed is None:
            raise ValueError("a protected field must be sealed before it is written")
        return {"sealed": self.sealed}

    @classmethod
    def class_of_data(cls) -> str:
        """identity, contact, health or narrative."""
        marker: type = cls.__pydantic_generic_metadata__["args"][0]
        return marker.__name__.lower()


Sealable = TypeVar("Sealable", bound=BaseModel)


@dataclass(frozen=True)
class Place:
    """Where a protected field stands: nothing sealed here opens anywhere else. `subject`: whose
    keys they are; left out, the stream's own."""

    service: str
    stream: str
    position: int
    event: str
    subject: str = ""

    @property
    def of(self) -> str:
        return self.subject or self.stream


def seal_fields(event: Sealable, place: Place, keys: Keys) -> Sealable:
    """The event with each protected field sealed. Fields already sealed, or absent, stay."""
    clear = {
        name: value
        for name, value in vars(event).items()
        if isinstance(value, Protected) and value.clear is not None
    }
    if not clear:
        return event
    # Asked for together: those that are new cost one write, and not one each.
    known = keys.keys_for(place.of, {value.class_of_data() for value in clear.values()})
    sealed = {name: _sealed(value, place, name, known) for name, value in clear.items()}
    return event.model_copy(update=sealed)


def _sealed(
    value: Protected[Any], place: Place, name: str, keys: Mapping[str, bytes]
) -> Protected[Any]:
    cls = value.class_of_data()
    text = value.clear.get_secret_value() if value.clear else ""
    return type(value)(sealed=_seal(keys[cls], text, _bound(place, name, cls)))


def classes_in(event: BaseModel) -> frozenset[str]:
    """The classes of data that are protected in this event: a key of each sealed something."""
    fields = vars(event).values()
    return frozenset(each.class_of_data() for each in fields if isinstance(each, Protected))


def open_field(event: BaseModel, name: str, place: Place, keys: Keys) -> str:
    """The clear text of one sealed field. Raises `CannotOpen`, `UnknownKey`, or
    `DestroyedKey`."""
    value = getattr(event, name)
    cls = value.class_of_data()
    key, sealed = keys.known_key(place.of, cls), value.sealed
    if sealed.startswith(_FORM):
        return _open(key, sealed.removeprefix(_FORM), _bound(place, name, cls))
    return _open(key, sealed, _bound_first(place, name, cls))


def _bound(place: Place, field: str, cls: str) -> bytes:
    """An event's stored name is its type and its schema: `case.opened` and `v1`."""
    kind, _dot, schema = place.event.rpartition(".")
    return canonical(
        {
            "form": 2,
            "service": place.service,
            "stream": place.stream,
            "position": place.position,
            "type": kind,
            "schema": schema,
            "subject": place.of,
            "class": cls,
            "field": field,
        }
    )


def _bound_first(place: Place, field: str, cls: str) -> bytes:
    """As the first form bound it: it named neither schema nor subject apart."""
    told = {name: value for name, value in vars(place).items() if name != "subject"}
    return canonical({**told, "field": field, "class": cls})


def _derived(key: bytes, salt: bytes, bound: bytes) -> tuple[bytes, bytes]:
    both = HKDF(SHA256(), 32 + _COMMITMENT, salt, bound).derive(key)
    return both[:32], both[32:]


def _seal(key: bytes, text: str, bound: bytes) -> str:
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    cipher_key, commitment = _derived(key, salt, bound)
    ciphertext = AESGCMSIV(cipher_key).encrypt(nonce, text.encode(), bound)
    return _FORM + base64.b64encode(salt + nonce + commitment + ciphertext).decode()


def _unwritten(sealed: str) -> bytes:
    """The bytes of a stored text; one spelling only (RFC 4648, 3.3 and 3.5)."""
    try:
        raw = base64.b64decode(sealed)
    except ValueError:
        raise CannotOpen("The ciphertext was changed.") from None
    if base64.b64encode(raw).decode() != sealed:
        raise CannotOpen("The ciphertext was changed.")
    return raw


def _open(key: bytes, sealed: str, bound: bytes) -> str:
    raw = _unwritten(sealed)
    salt, rest = raw[:_SALT], raw[_SALT:]
    nonce, rest = rest[:_NONCE], rest[_NONCE:]
    commitment, ciphertext = rest[:_COMMITMENT], rest[_COMMITMENT:]
    cipher_key, expected = _derived(key, salt, bound)
    if not hmac.compare_digest(commitment, expected):
        raise CannotOpen("The key or the place is not the one this was sealed for.")
    try:
        return AESGCMSIV(cipher_key).decrypt(nonce, ciphertext, bound).decode()
    except InvalidTag:
        raise CannotOpen("The ciphertext was changed.") from None
