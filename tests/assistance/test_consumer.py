"""What `assistance` makes of others' facts."""

import json

from services.assistance.consumer import HEARS, react
from services.assistance.decide import PROGRAMMES
from services.assistance.network.commands import NoteOrganisation
from services.assistance.network.decide import NETWORK
from shared.codes import OrganisationKind
from shared.contracts.identification import ConsentWithdrawn
from shared.contracts.referral import HandoverCompleted, OrganisationRegistered
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message
from tests.assistance.given import CASE, CONSENT, OPEN, REFERRAL, STOP

HANDOVER = {
    "case": CASE,
    "referral": REFERRAL,
    "consent": CONSENT,
    "service": "residential",
    "sender": "hotline",
    "receiver": "casa-aperta",
}


def message(of: str, data: dict[str, str]) -> Message:
    return Message("referral", "topic", 0, 1, "id", of, CASE, "2026-03", json.dumps(data))


def test_it_hears_referral_and_identification() -> None:
    assert dict(HEARS) == {
        "referral": "staffetta.referral.events",
        "identification": "staffetta.identification.events",
    }


def test_when_a_handover_is_complete_then_its_receiver_opens_a_programme() -> None:
    assert react(message(HandoverCompleted.type, HANDOVER)) == [Reaction(PROGRAMMES, CASE, OPEN)]


def test_when_a_consent_is_withdrawn_then_what_rests_on_it_stops() -> None:
    withdrawn = message(ConsentWithdrawn.type, {"case": CASE, "consent": CONSENT})
    assert react(withdrawn) == [Reaction(PROGRAMMES, CASE, STOP)]


def test_when_an_organisation_is_registered_then_its_kind_is_noted_in_its_own_stream() -> None:
    told = message(OrganisationRegistered.type, {"organisation": "ausl", "kind": "health-agency"})
    noted = NoteOrganisation(organisation="ausl", kind=OrganisationKind.HEALTH_AGENCY)
    assert react(told) == [Reaction(NETWORK, "organisation-ausl", noted)]


def test_when_a_later_sender_says_more_then_the_rest_is_understood() -> None:
    later = message(HandoverCompleted.type, {**HANDOVER, "added_later": "x"})
    assert react(later) == [Reaction(PROGRAMMES, CASE, OPEN)]


def test_when_a_type_is_not_known_then_nothing_happens() -> None:
    assert react(message("org.staffetta.identification.case-opened.v1", {"case": CASE})) == []
    assert react(message("org.staffetta.referral.handover-completed.v2", HANDOVER)) == []
