"""The rules by which notes are opened, one sentence each, with where they come from."""

from collections.abc import Collection
from datetime import datetime

from shared.codes import Role
from shared.runtime.facts import RefusalKind, Refused
from shared.trust.step_up import proved_anew


def the_coordinator_prints_what_is_held(roles: frozenset[str]) -> None:
    """Regulation (EU) 2016/679, art. 15(1) and 26(1): the network names one door at which the
    person asks."""
    _needs(
        Role.COORDINATOR in roles,
        "the-coordinator-prints-what-is-held",
        "Your role does not print what is held about a person.",
        "Pass the person's request on to the coordinator at once.",
    )


def what_is_held_is_opened_on_fresh_proof(
    authenticated_at: datetime | None, factors: frozenset[str], now: datetime
) -> None:
    """Everything at once is what a thief would ask for (OWASP ASVS 5.0, 7.5.3)."""
    _needs(
        proved_anew(authenticated_at, factors, now),
        "what-is-held-is-opened-on-fresh-proof",
        "You have not signed in with a second factor within the last five minutes.",
        "Sign in again with your second factor, then send the same request under a new key.",
    )


def notes_are_of_a_programme(run_by: Collection[str]) -> None:
    """Where nobody helped, nothing was noted."""
    _needs(
        bool(run_by),
        "notes-are-of-a-programme",
        "There is no programme of such a case here.",
        "Look for the case where it was opened.",
        "missing",
    )


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
