"""A SoftHSM2 token in a directory of a test's own: a real PKCS#11 token without the hardware."""

import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

_PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
PIN = "4711-rosa-bianchi"


@dataclass(frozen=True)
class SoftToken:
    """Picklable: another process can log in to it, too."""

    library: Path
    label: str
    configuration: Path
    pin: str = PIN

    @property
    def files(self) -> Path:
        return self.configuration.parent / "tokens"

    def named(self) -> None:
        """SoftHSM2 looks at its own variable whenever it is initialised."""
        os.environ["SOFTHSM2_CONF"] = str(self.configuration)

    def environment(self) -> dict[str, str]:
        """What names it for a process of ours."""
        return {
            "SOFTHSM2_CONF": str(self.configuration),
            "STAFFETTA_KEK": "pkcs11",
            "STAFFETTA_PKCS11_LIBRARY": str(self.library),
            "STAFFETTA_PKCS11_TOKEN": self.label,
            "STAFFETTA_PKCS11_PIN": self.pin,
        }


def new_token(directory: Path) -> SoftToken:
    """A token that nobody used; the test is skipped where SoftHSM2 is not installed."""
    library = _library()
    tool = shutil.which("softhsm2-util")
    if library is None or tool is None:
        pytest.skip("SoftHSM2 is not installed here (Debian and Ubuntu: apt-get install softhsm2)")
    own = directory / f"softhsm-{uuid.uuid4().hex[:8]}"
    token = SoftToken(library, f"staffetta-{uuid.uuid4().hex[:8]}", own / "softhsm2.conf")
    token.files.mkdir(parents=True)
    token.configuration.write_text(
        f"directories.tokendir = {token.files}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    token.named()
    subprocess.run(
        [tool, "--init-token", "--free", "--label", token.label, "--pin", PIN, "--so-pin", PIN],
        check=True,
        capture_output=True,
    )
    return token


@lru_cache(maxsize=1)
def _library() -> Path | None:
    named = os.environ.get("STAFFETTA_TEST_PKCS11")
    if named:
        return Path(named)
    found = (
        path
        for place in _PLACES
        for pattern in ("softhsm/libsofthsm2.so", "*/softhsm/libsofthsm2.so")
        for path in Path(place).glob(pattern)
    )
    return next(found, None)
