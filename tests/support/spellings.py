"""Words as they might lie about in a file, a message or a dump."""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(words: str) -> Iterator[bytes]:
    """Plain, as JSON, in wide characters, in hexadecimal, base64."""
    plain = words.encode()
    yield plain
    yield json.dumps(words)[1:-1].encode()
    yield words.encode("utf-16-le")
    yield words.encode("utf-16-be")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for shift in range(3):  # base64 of a longer text holds one of these three
        yield base64.b64encode(bytes(shift) + plain)[4 : -4 - shift]
        yield base64.urlsafe_b64encode(bytes(shift) + plain)[4 : -4 - shift]


def shown_in(raw: bytes, words: Iterable[str]) -> list[str]:
    """Those of the words that it holds, in whatever form."""
    return [each for each in words if any(form in raw for form in forms(each))]


def files_under(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.rglob("*")) if path.is_file()]
