"""Every query over HTTP, for each role, in each situation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.envelope import events_topic
from tests.matrix.seeding import Seeded
from tests.matrix.situations import OURS, Situation, held

_SERVICE = "referral"
OF_IDENTIFICATION = events_topic("identification")
# What is refused without a word of whether it is there; and what another rule says once the
# question was allowed.
_HIDES = {
    "the-custodian-and-the-coordination-see-a-case",
    "whoever-is-involved-sees-the-referrals",
    "who-helps-and-the-coordination-see-programmes",
    "who-opened-or-judges-it-sees-an-emergency",
}
_AFTERWARDS = {
    "a-checkpoint-was-signed",
    "a-cosignature-is-of-our-checkpoint",
    "a-checkpoint-is-signed-by-its-service",
}


@dataclass(frozen=True)
class Look:
    """An address with what is known in the situation. `lists`: which of it a list has to show;
    `body`: what is put there."""

    address: str
    lists: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


OF_SERVICE: Mapping[str, Mapping[str, Look]] = {
    "identification": {
        "ListContacts": Look("/contacts", "contact"),
        "ListCases": Look("/cases", "case"),
        "ListDueSearches": Look("/duplicates/due", "case"),
        "SeeCase": Look("/cases/{case}"),
        "SeeCaseTrace": Look("/cases/{case}/trace"),
        "SeeConsentReceipt": Look("/cases/{case}/consent-receipts/{issued}"),
        "SeeErasure": Look("/cases/{erased}/erasure"),
        "ListWithdrawals": Look("/withdrawals", "ended"),
        "ListEmergencies": Look("/emergencies", "emergency"),
        "SeeEmergency": Look("/cases/{case}/emergencies/{emergency}"),
        "ListAlarms": Look("/alarms"),
        "SeeTerms": Look("/terms"),
    },
    "referral": {
        "ListOrganisations": Look("/organisations"),
        "ListOffers": Look("/offers"),
        "SeeNetworkFile": Look(f"/organisations/{OURS}/network-file"),
        "ListIncoming": Look("/incoming", "case"),
        "SeeReferrals": Look("/cases/{case}/referrals"),
        "SeeReferralTrace": Look("/cases/{case}/trace"),
        "SeeOwnView": Look("/cases/{case}/own-view"),
    },
    "assistance": {
        "ListProgrammes": Look("/programmes", "referral"),
        "SeeProgrammes": Look("/cases/{case}/programmes"),
        "SeeProgrammeTrace": Look("/cases/{case}/trace"),
    },
    "observatory": {"SeeCounts": Look("/counts")},
}
OF_EVERY_SERVICE: Mapping[str, Look] = {
    "SeePositions": Look("/positions"),
    "SeeOutboxHeads": Look(f"/outbox/{OF_IDENTIFICATION}"),
    "SeeOutboxRows": Look(f"/outbox/{OF_IDENTIFICATION}/0"),
    "SeeHeard": Look("/heard/{sender}/any/0"),
    "SeeCheckpoint": Look("/audit/checkpoint"),
    "SeeCheckpointKey": Look("/audit/key"),
    "SeeTile": Look("/audit/tile/0/000.p/1"),
    "SeeAuditEntry": Look("/audit/entries/0"),
    "BringCosignature": Look("/audit/cosignatures", body={"size": 1, "line": "x", "key": "x"}),
    "ShowCheckpoint": Look("/audit/shown", body={"note": "x"}),
}


def shown(seeded: Seeded, look: Look, situation: Situation, role: str) -> bool:
    """Whether the service shows it, or the list holds it. Fails on any answer that says neither."""
    known = seeded.known.get(situation, {})
    # A service asks after what it had sent itself; a person of its name gains nothing by that.
    sender = _SERVICE if situation is Situation.OWN else "assistance"
    token = seeded.web.token(OURS, *held(role), operator=_SERVICE, factors=("otp",))
    address = look.address.format(**{"sender": sender, **known})
    headers = {"Authorization": f"Bearer {token}"}
    answer = seeded.web.client.request(
        "PUT" if look.body else "GET", address, json=look.body or None, headers=headers
    )
    if answer.is_success:
        return not look.lists or known[look.lists] in answer.text
    rule = answer.json()["rule"]
    if rule in _AFTERWARDS:
        return True
    assert answer.status_code == 403 or rule in _HIDES, f"{address}: {rule}"
    return False
