"""The commands of `referral` and of `assistance`, each in every situation."""

from collections.abc import Callable, Mapping

from services.assistance.decide import PROGRAMMES
from services.assistance.events import ConsentNoted
from services.assistance.notes.commands import DiscloseNotes, ShowOwnView
from services.referral.custody.commands import NameEscort, ReleaseAddress
from services.referral.custody.decide import CUSTODY
from services.referral.custody.events import EscortNamed
from services.referral.directory.commands import (
    KeepAddress,
    OfferService,
    RegisterOrganisation,
    SetPlaces,
)
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Area, DataCategory, OrganisationKind, Purpose
from shared.runtime.facts import Fact, Request
from tests.assistance import given as assistance
from tests.matrix.situations import OPERATOR, OTHERS, OURS, THEIRS, Asked, Situation
from tests.referral.given import (
    ACCEPT,
    ACCEPTED,
    ACKNOWLEDGE,
    BEGUN,
    CONFIRM,
    DECLINE,
    IN_A_MONTH,
    KEPT,
    NOTED,
    PROPOSE,
    PROPOSED,
    REFERRAL,
    RESIDENTIAL,
    SEND,
    SENT,
    WHERE,
    WITHDRAW,
    offered,
    places,
    registered,
)

NETWORK: Mapping[str, list[Fact]] = {
    stream_of(name): [registered(name), offered(48), places(3, 3), KEPT]
    for name in (OURS, THEIRS, OTHERS)
}


def known(situation: Situation) -> list[Fact]:
    """Own: who asks has the person in custody. Consent: the person agreed to them."""
    consent = NOTED.model_copy(update={"recipient": situation.recipient})
    return [BEGUN.model_copy(update={"custodian": situation.custodian}), consent]


def draft(situation: Situation) -> list[Fact]:
    """With a referral to whom the consent names: with consent, who asks was asked by another."""
    told = {"sender": situation.custodian, "receivers": (situation.recipient,)}
    return [*known(situation), PROPOSED.model_copy(update=told)]


def sent(situation: Situation) -> list[Fact]:
    receiver = SENT.asked[0].model_copy(
        update={"receiver": situation.recipient, "answer_by": IN_A_MONTH}
    )
    return [*draft(situation), SENT.model_copy(update={"asked": (receiver,)})]


def accepted(situation: Situation) -> list[Fact]:
    taken = ACCEPTED.model_copy(update={"receiver": situation.recipient})
    return [*sent(situation), taken]


def escorted(situation: Situation) -> list[Fact]:
    """Own: the sender that who asks acts for has named them. With consent: the receiver has.
    Without: the sender has named somebody of the same name, of its own."""
    by = OURS if situation is Situation.CONSENT else situation.custodian
    named = EscortNamed(referral=REFERRAL, organisation=by, operator=OPERATOR)
    return [*accepted(situation), named]


def programme(situation: Situation) -> list[Fact]:
    """Own: who asks runs it. With consent, another runs it, and who asks runs another one."""
    runs = OURS if situation is Situation.OWN else THEIRS
    beside = OURS if situation is Situation.CONSENT else OTHERS
    return [
        assistance.OPENED.model_copy(update={"organisation": runs}),
        assistance.OPENED_ANOTHER.model_copy(update={"organisation": beside}),
        assistance.PLANNED,
    ]


def noted(situation: Situation) -> list[Fact]:
    """With the person's consent to whom it names; who runs the programme needs one as well."""
    consent = ConsentNoted(
        consent=assistance.ANOTHER_CONSENT,
        recipient=situation.recipient,
        purpose=Purpose.HEALTH_CARE,
        valid_until=IN_A_MONTH,
        categories=(DataCategory.NARRATIVE,),
    )
    return [*programme(situation), consent]


Facts = Callable[[Situation], list[Fact]]


def _on_its_way(command: Request, given: Facts) -> Callable[[Situation], Asked]:
    return lambda situation: Asked(CUSTODY, given(situation), command, beside=NETWORK)


def _propose(situation: Situation) -> Asked:
    to = PROPOSE.model_copy(update={"receivers": (situation.recipient,)})
    return Asked(CUSTODY, known(situation), to, beside=NETWORK)


def _of_organisation(command: Request) -> Callable[[Situation], Asked]:
    return lambda situation: Asked(DIRECTORY, NETWORK[stream_of(situation.custodian)], command)


def _in_programme(command: Request, given: Facts = programme) -> Callable[[Situation], Asked]:
    return lambda situation: Asked(PROGRAMMES, given(situation), command)


REGISTER = RegisterOrganisation(organisation="nuova", name="Nuova", kind=OrganisationKind.NGO)
OFFER = OfferService(service=RESIDENTIAL, area=Area.BOLOGNA, answer_within_hours=24)
KEEP = KeepAddress(service=RESIDENTIAL, address=WHERE)
NAME = NameEscort(referral=REFERRAL, operator=OPERATOR)
NOTES = DiscloseNotes(purpose=Purpose.HEALTH_CARE, categories=(DataCategory.NARRATIVE,))
OF_REFERRAL: Mapping[str, Callable[[Situation], Asked]] = {
    "RegisterOrganisation": lambda _: Asked(DIRECTORY, (), REGISTER),
    "OfferService": _of_organisation(OFFER),
    "SetPlaces": _of_organisation(SetPlaces(service=RESIDENTIAL, places=4)),
    "KeepAddress": _of_organisation(KEEP),
    "ProposeReferral": _propose,
    "SendReferral": _on_its_way(SEND, draft),
    "AcknowledgeReferral": _on_its_way(ACKNOWLEDGE, sent),
    "AcceptReferral": _on_its_way(ACCEPT, sent),
    "DeclineReferral": _on_its_way(DECLINE, sent),
    "WithdrawReferral": _on_its_way(WITHDRAW, sent),
    "NameEscort": _on_its_way(NAME, accepted),
    "ReleaseAddress": _on_its_way(ReleaseAddress(referral=REFERRAL), escorted),
    "ConfirmHandover": _on_its_way(CONFIRM, accepted),
}
OF_ASSISTANCE: Mapping[str, Callable[[Situation], Asked]] = {
    "AgreePlan": _in_programme(assistance.PLAN),
    "DeliverService": _in_programme(assistance.DELIVER),
    "CloseProgramme": _in_programme(assistance.CLOSE),
    "DiscloseNotes": _in_programme(NOTES, noted),
    "ShowOwnView": _in_programme(ShowOwnView()),
}
