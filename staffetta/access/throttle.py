"""How long the next attempt to sign in must wait. Pure: what happened is passed in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How many failures are free, and the longest wait after many more. Seconds."""

    free: int
    longest: float


ONE_ACCOUNT = Patience(free=3, longest=900.0)
# Somebody who tries a few passwords on every account; nobody is kept out for long by others.
ALL_ACCOUNTS = Patience(free=20, longest=30.0)


def wait(failures: int, since_last: float, patience: Patience) -> float:
    """Seconds until the next attempt is taken: doubled with each failure that was not free
    (NIST SP 800-63B-4, 3.2.2). A clock that was set back makes nobody's wait shorter."""
    beyond = failures - patience.free
    if beyond < 0:
        return 0.0
    due = min(patience.longest, 2.0 ** min(beyond, 30))
    return max(0.0, due - max(0.0, since_last))
