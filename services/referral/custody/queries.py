"""Every read of referrals and custody."""

from shared.codes import ServiceType
from shared.runtime.store import Row, Store


def custodian(store: Store, case: str) -> str | None:
    found = store.rows("SELECT custodian FROM custody WHERE key = ?", (case,))
    return found[0]["custodian"] if found else None


def of_case(store: Store, case: str) -> list[Row]:
    return store.rows(
        "SELECT * FROM referrals WHERE case_id = ? ORDER BY proposed_at, key", (case,)
    )


def responses(store: Store, case: str) -> list[Row]:
    return store.rows("SELECT * FROM responses WHERE case_id = ? ORDER BY key", (case,))


def incoming(store: Store, receiver: str, after: str, limit: int) -> list[Row]:
    """What this organisation was asked and has still to answer."""
    return store.rows(
        "SELECT responses.key AS key, responses.case_id AS case_id, referral, service, sender,"
        " response, answer_by FROM responses JOIN referrals ON referrals.key = referral"
        " WHERE receiver = ? AND stage = 'sent' AND response IN ('waiting', 'acknowledged')"
        " AND responses.key > ? ORDER BY responses.key LIMIT ?",
        (receiver, after, limit + 1),
    )


def accepted_offer(store: Store, referral: str) -> tuple[str, ServiceType]:
    """Who accepted this referral, and for which service."""
    (row,) = store.rows("SELECT accepted_by, service FROM referrals WHERE key = ?", (referral,))
    return row["accepted_by"], ServiceType(row["service"])
