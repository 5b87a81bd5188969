"""What reads a provider's tokens here, at a time that the test sets."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from shared.trust.openid.reading import Provider
from shared.trust.tokens import Bearer, NoToken
from staffetta.installation import now


@dataclass
class Ours:
    """What reads its tokens; `seconds` is the clock by which its keys grow old."""

    reader: Provider
    seconds: float = 0.0

    def read(self, token: str, at: datetime | None = None) -> Bearer:
        return self.reader.read(token, lambda: at or now())

    def reason(self, token: str, at: datetime | None = None) -> str:
        with pytest.raises(NoToken) as refused:
            self.read(token, at)
        return refused.value.reason
