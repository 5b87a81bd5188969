"""The signed list of an export's files: with it, no file can be another, missing or besides."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.trust.notes import NotANote, Verifier, opened_text, parts_of, sign_text

NAME = "manifest"
FILES = ("checkpoint", "cosigned", "entries.jsonl", "kept.jsonl", "key", "policy")
_LINE = re.compile(r"(?P<hash>[0-9a-f]{64})  (?P<name>[a-z.]{1,40})")
_SECONDS = re.compile(r"[0-9]{1,11}")
_HEAD = 3


@dataclass(frozen=True)
class Manifest:
    """`at`: when it was exported, in seconds since 1970; `together`: the services whose logs were
    exported with this one, itself among them; `hashes`: SHA-256 of each file, in hexadecimal."""

    origin: str
    at: int
    together: Sequence[str]
    hashes: dict[str, str]

    def __str__(self) -> str:
        files = "".join(f"{told}  {name}\n" for name, told in sorted(self.hashes.items()))
        return f"{self.origin} export\n{self.at}\n{' '.join(self.together)}\n{files}"

    @property
    def day(self) -> str:
        return datetime.fromtimestamp(self.at, UTC).isoformat()


def write_manifest(
    place: Path, origin: str, at: int, together: Sequence[str], key: Ed25519PrivateKey
) -> bytes:
    """The manifest of the files that are there, as a signed note."""
    told = Manifest(origin, at, together, {name: hash_of(place / name) for name in FILES})
    return sign_text(str(told), origin, key).encode()


def read_manifest(note: str, key: Verifier) -> Manifest:
    """Raises `NotANote` where it is not signed by this key alone, or has another form."""
    text = opened_text(note, key)
    lines = text.removesuffix("\n").split("\n")
    found = [_LINE.fullmatch(line) for line in lines[_HEAD:]]
    hashes = {each["name"]: each["hash"] for each in found if each}
    if len(lines) < _HEAD or not _SECONDS.fullmatch(lines[1]):
        raise NotANote("the manifest has another form")
    told = Manifest(lines[0].removesuffix(" export"), int(lines[1]), lines[2].split(" "), hashes)
    if str(told) != text or len(parts_of(note)[1]) != 1:
        raise NotANote("the manifest has another form")
    return told


def differing(place: Path, manifest: Manifest) -> Iterator[str]:
    """Each file that is not what the manifest says."""
    there = {file.name for file in place.iterdir()} - {NAME}
    for name in sorted(there | set(manifest.hashes)):
        if name not in there:
            yield f"{name} is missing"
        elif name not in manifest.hashes:
            yield f"{name} does not belong to the export"
        elif hash_of(place / name) != manifest.hashes[name]:
            yield f"{name} is another than the one that was exported"


def hash_of(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
