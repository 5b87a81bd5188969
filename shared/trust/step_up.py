"""Whether somebody proved anew, and with more than a password, who they are."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

RECENT = timedelta(minutes=5)
_AHEAD = timedelta(seconds=60)
_STRONG = frozenset({"otp", "hwk", "swk", "sc", "mfa"})


class Proof(BaseModel):
    """When (UTC) somebody proved who they are, and with which factors beside what one knows, as
    RFC 8176 names them. It is kept with what was done on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    at: datetime
    factors: tuple[str, ...]


def proof_of(authenticated_at: datetime | None, factors: frozenset[str]) -> Proof | None:
    """What a token says of it. Of factors that do not count nothing is kept."""
    if authenticated_at is None:
        return None
    return Proof(at=authenticated_at, factors=tuple(sorted(factors & _STRONG)))


def proved_anew(proof: Proof | None, now: datetime) -> bool:
    """Within the last five minutes, with a factor beside what one knows (RFC 8176, section 2;
    NIST SP 800-63B-4, section 2.2). A provider's clock may be a minute ahead of ours."""
    if proof is None or not _STRONG.intersection(proof.factors):
        return False
    return -_AHEAD <= now - proof.at <= RECENT
