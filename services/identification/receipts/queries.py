"""Every read of receipts."""

from services.identification.cases.events import ConsentGiven
from services.identification.cases.queries import history
from shared.runtime.facts import Recorded
from shared.runtime.store import Row, Store


def consent(store: Store, case: str, key: str) -> Row | None:
    """One consent of this case, as it stands."""
    found = store.rows("SELECT * FROM consents WHERE key = ? AND case_id = ?", (key, case))
    return found[0] if found else None


def receipt(store: Store, verifier: str) -> Row | None:
    found = store.rows("SELECT * FROM receipts WHERE key = ?", (verifier,))
    return found[0] if found else None


def consent_behind(store: Store, verifier: str) -> Row | None:
    """The consent, as it stands, whose receipt is known by this verifier."""
    found = store.rows(
        "SELECT consents.* FROM consents JOIN receipts ON receipts.consent = consents.key"
        " WHERE receipts.key = ?",
        (verifier,),
    )
    return found[0] if found else None


def as_given(store: Store, case: str, key: str) -> Recorded:
    """The fact that the consent was given: when, how, and with which leaflet."""
    for recorded in history(store, case):
        if isinstance(recorded.event, ConsentGiven) and recorded.event.consent == key:
            return recorded
    raise LookupError("a consent is listed that was never given")
