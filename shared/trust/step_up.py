"""Whether somebody proved anew, and with more than a password, who they are."""

from datetime import datetime, timedelta

RECENT = timedelta(minutes=5)
_AHEAD = timedelta(seconds=60)
_STRONG = frozenset({"otp", "hwk", "swk", "sc", "mfa"})


def proved_anew(authenticated_at: datetime | None, factors: frozenset[str], now: datetime) -> bool:
    """Within the last five minutes, with a factor beside what one knows (RFC 8176, section 2;
    NIST SP 800-63B-4, section 2.2). A provider's clock may be a minute ahead of ours."""
    if authenticated_at is None or not factors & _STRONG:
        return False
    return -_AHEAD <= now - authenticated_at <= RECENT
