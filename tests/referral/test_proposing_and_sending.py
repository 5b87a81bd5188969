"""What the custodian asks of other organisations, and when those are asked."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.referral.custody.commands import ProposeReferral
from services.referral.custody.events import WithdrawalNoted
from shared.codes import Role, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Acting, Fact, Request
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ANOTHER_REFERRAL,
    ASKED,
    AT_PORTO,
    AT_SHELTER,
    BEGUN,
    CLOSED,
    COMPLETED,
    CONSENT,
    DRAFT,
    ENDED,
    HALTED,
    HOTLINE,
    IN_A_MONTH,
    KNOWN,
    MOVED,
    NETWORK,
    NOTED,
    PROPOSE,
    PROPOSED,
    RESIDENTIAL,
    SEND,
    SENT,
    SHELTER,
    STRANGER,
    TAKEN,
    TAKEN_BACK,
    another,
    offered,
    registered,
)
from tests.support.decisions import ACTIVE_ROLES, acting

REFERS = {Role.CASE_MANAGER, Role.PROVIDER_INTAKE, Role.HOTLINE_OPERATOR}
LATER = acting("hotline", Role.HOTLINE_OPERATOR, now=IN_A_MONTH)
JUST_IN_TIME = acting("hotline", Role.HOTLINE_OPERATOR, now=IN_A_MONTH - timedelta(seconds=1))
NO_LIVE_CONSENT = "a-referral-rests-on-a-live-consent"
BOTH: list[tuple[list[Fact], Request]] = [(KNOWN, PROPOSE), (DRAFT, SEND)]


@pytest.mark.parametrize("role", sorted(REFERS))
def test_when_the_custodian_proposes_then_each_receiver_is_named_once(role: Role) -> None:
    assert decided(KNOWN, PROPOSE, acting("hotline", role)) == [PROPOSED]


@pytest.mark.parametrize("role", sorted(REFERS))
def test_when_the_sender_sends_then_each_receiver_has_its_own_answer_time(role: Role) -> None:
    assert decided(DRAFT, SEND, acting("hotline", role)) == [SENT]


def test_given_custody_has_moved_when_the_sender_sends_then_it_is_refused() -> None:
    given = [*DRAFT, another(PROPOSED), another(SENT), another(COMPLETED, receiver="porto")]
    assert refused(given, SEND, HOTLINE) == "only-who-has-the-person-hands-over"


@pytest.mark.parametrize("by", [SHELTER, STRANGER, acting("hotline", *ACTIVE_ROLES - REFERS)])
def test_when_anybody_but_the_custodian_proposes_then_it_is_refused(by: Acting) -> None:
    assert refused(KNOWN, PROPOSE, by) == "only-the-custodian-refers"


@pytest.mark.parametrize("by", [SHELTER, STRANGER, acting("hotline", *ACTIVE_ROLES - REFERS)])
def test_when_anybody_but_the_sender_sends_then_it_is_refused(by: Acting) -> None:
    assert refused(DRAFT, SEND, by) == "only-the-sender-disposes-of-a-referral"


def test_given_a_handover_when_the_new_custodian_proposes_then_it_may_and_the_old_may_not() -> None:
    onward = ProposeReferral(service=RESIDENTIAL, consent="3" * 32, receivers=("porto",))
    agreed = NOTED.model_copy(update={"consent": "3" * 32, "recipient": "porto"})
    assert decided([*MOVED, agreed], onward, SHELTER)
    assert refused([*MOVED, agreed], onward, HOTLINE) == "only-the-custodian-refers"


def test_when_the_custodian_is_among_the_receivers_then_it_is_refused() -> None:
    own = PROPOSE.model_copy(update={"receivers": ("casa-aperta", "hotline")})
    assert refused(KNOWN, own, HOTLINE) == "nobody-refers-to-itself"


def test_given_no_consent_when_a_referral_is_proposed_then_it_is_refused() -> None:
    assert refused([BEGUN], PROPOSE, HOTLINE) == NO_LIVE_CONSENT


@pytest.mark.parametrize(("given", "command"), BOTH)
def test_given_a_withdrawal_when_a_referral_is_made_then_it_is_refused(
    given: list[Fact], command: Request
) -> None:
    assert refused([*given, ENDED], command, HOTLINE) == NO_LIVE_CONSENT


@pytest.mark.parametrize(("given", "command"), BOTH)
def test_given_a_consent_of_another_kind_withdrawn_when_a_referral_is_made_then_it_goes_on(
    given: list[Fact], command: Request
) -> None:
    other = WithdrawalNoted(consent="2" * 32, did=Acknowledgement.NOTHING_HELD)
    assert decided([*given, other], command, HOTLINE)


@pytest.mark.parametrize(("given", "command"), BOTH)
def test_when_the_consent_has_ended_by_then_it_is_refused_from_that_moment_on(
    given: list[Fact], command: Request
) -> None:
    assert decided(given, command, JUST_IN_TIME)
    assert refused(given, command, LATER) == NO_LIVE_CONSENT


def test_when_the_consent_names_none_of_the_receivers_then_it_is_refused() -> None:
    only_porto = PROPOSE.model_copy(update={"receivers": ("porto",)})
    assert refused(KNOWN, only_porto, HOTLINE) == "the-consent-names-a-receiver"


@pytest.mark.parametrize(("given", "command"), BOTH)
@pytest.mark.parametrize("unknown", [AT_SHELTER, AT_PORTO])
def test_when_a_receiver_is_not_in_the_network_then_it_is_refused(
    given: list[Fact], command: Request, unknown: str
) -> None:
    network = {**NETWORK, unknown: []}
    assert refused(given, command, HOTLINE, network) == "the-organisation-is-registered"


@pytest.mark.parametrize(("given", "command"), BOTH)
def test_when_a_receiver_does_not_offer_the_service_then_it_is_refused(
    given: list[Fact], command: Request
) -> None:
    network = {**NETWORK, AT_PORTO: [registered("porto"), offered(24, ServiceType.WORK)]}
    assert refused(given, command, HOTLINE, network) == "the-service-is-offered"


@pytest.mark.parametrize("given", [ASKED, TAKEN, MOVED, CLOSED, TAKEN_BACK, HALTED])
def test_given_a_referral_that_was_sent_when_it_is_sent_again_then_it_is_refused(
    given: list[Fact],
) -> None:
    assert refused(given, SEND, HOTLINE) == "the-referral-is-at-another-stage"


def test_given_a_referral_that_was_sent_when_another_is_sent_then_only_that_one_is() -> None:
    second = SEND.model_copy(update={"referral": ANOTHER_REFERRAL})
    assert decided([*ASKED, another(PROPOSED)], second, HOTLINE) == [another(SENT)]


@pytest.mark.parametrize("receivers", [(), ("casa-aperta",) * 21, ("Casa Aperta",)])
def test_when_receivers_have_another_form_then_it_is_no_proposal(
    receivers: tuple[str, ...],
) -> None:
    with pytest.raises(ValidationError):
        ProposeReferral(service=RESIDENTIAL, consent=CONSENT, receivers=receivers)
