"""What was noted, on a consent to a class of organisations: open to those of the kind that the
directory told of, and to nobody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from services.assistance.app import SERVICE
from services.assistance.commands import NoteConsent, NoteNarrowing, StopForWithdrawal
from services.assistance.decide import PROGRAMMES
from services.assistance.events import ConsentNoted, ExpiryNoted
from services.assistance.network.commands import NoteOrganisation
from services.assistance.network.decide import NETWORK, organisation_stream
from services.assistance.network.events import OrganisationHeard
from services.assistance.notes.events import NotesDisclosed
from shared.codes import DataCategory, OrganisationKind, Role
from shared.contracts.identification import (
    ConsentExpired,
    ConsentGivenToClass,
    ConsentNarrowed,
    ConsentWithdrawn,
)
from shared.contracts.referral import OrganisationRegistered
from shared.runtime.facts import Fact, Request
from tests.assistance.given import CASE, OPENED, RELAY
from tests.assistance.hearing import hear
from tests.assistance.test_disclosing_notes import (
    ALLOWED,
    ASK,
    CLINIC,
    DISCLOSED,
    GIVEN,
    HEALTH,
    IN_A_MONTH,
    NARRATIVE,
    NO_CONSENT,
    WIDER,
    WITHDRAWN,
    asked,
)
from tests.assistance.test_own_view import noted
from tests.golden.forms import HERE, committed
from tests.support.decisions import acting, refusal, when
from tests.support.web import Web

AGENCY, NGO = OrganisationKind.HEALTH_AGENCY, OrganisationKind.NGO
TO_CLASS = ALLOWED.model_copy(update={"recipient": None, "recipient_class": AGENCY})
HELPED: list[Fact] = [OPENED, TO_CLASS]
OTHERS = acting("porto", Role.PROVIDER_INTAKE)
NOTE = NoteOrganisation(organisation="ausl", kind=AGENCY)


def known(**kinds: OrganisationKind) -> dict[str, list[Fact]]:
    """What the directory told of each organisation."""
    return {
        organisation_stream(name): [OrganisationHeard(organisation=name, kind=kind)]
        for name, kind in kinds.items()
    }


def test_when_an_organisation_is_registered_then_its_kind_is_noted_once() -> None:
    heard = OrganisationHeard(organisation="ausl", kind=AGENCY)
    assert when(NETWORK, [], NOTE, RELAY) == [heard]
    assert when(NETWORK, [heard], NOTE, RELAY) == []
    anew = NOTE.model_copy(update={"kind": NGO})
    assert when(NETWORK, [heard], anew, RELAY) == [heard.model_copy(update={"kind": NGO})]


def test_given_a_consent_to_a_class_when_one_of_it_asks_then_what_it_allows_is_disclosed() -> None:
    assert when(PROGRAMMES, HELPED, ASK, CLINIC, known(ausl=AGENCY)) == [DISCLOSED]


@pytest.mark.parametrize("beside", [{}, known(ausl=NGO), known(porto=AGENCY)])
def test_given_a_consent_to_a_class_when_none_of_it_asks_then_it_is_refused(
    beside: dict[str, list[Fact]],
) -> None:
    assert refusal(PROGRAMMES, HELPED, ASK, CLINIC, beside) == NO_CONSENT


def test_given_a_consent_to_one_organisation_when_another_of_its_kind_asks_then_it_is_refused() -> (
    None
):
    facts = [OPENED, ALLOWED, TO_CLASS.model_copy(update={"consent": WIDER, "categories": ()})]
    beside = known(ausl=AGENCY, porto=AGENCY)
    assert refusal(PROGRAMMES, facts, ASK, OTHERS, beside) == NO_CONSENT


@pytest.mark.parametrize(
    "ended",
    [WITHDRAWN, ExpiryNoted(consent=GIVEN), TO_CLASS.model_copy(update={"recipient_class": NGO})],
)
def test_given_the_consent_to_a_class_is_over_when_one_of_it_asks_then_it_is_refused(
    ended: Fact,
) -> None:
    facts = [*HELPED, ended]
    assert refusal(PROGRAMMES, facts, ASK, CLINIC, known(ausl=AGENCY)) == NO_CONSENT


def test_given_a_class_was_shown_notes_when_it_is_withdrawn_then_each_reader_is_named() -> None:
    also = DISCLOSED.model_copy(update={"recipient": "porto"})
    facts = [*HELPED, DISCLOSED, also]
    told = when(PROGRAMMES, facts, StopForWithdrawal(consent=GIVEN), RELAY)
    assert told == [WITHDRAWN.model_copy(update={"organisations": ("ausl", "porto")})]


def test_given_a_consent_to_a_class_when_it_is_narrowed_then_less_is_disclosed_to_fewer() -> None:
    both = [OPENED, TO_CLASS.model_copy(update={"categories": (HEALTH, NARRATIVE)})]
    beside = known(ausl=AGENCY, porto=AGENCY)
    less = NoteNarrowing(
        consent=GIVEN,
        recipient=None,
        recipient_class=AGENCY,
        valid_until=IN_A_MONTH,
        categories=(NARRATIVE,),
    )
    (of_all,) = when(PROGRAMMES, both, less, RELAY)
    assert of_all == TO_CLASS.model_copy(update={"categories": (NARRATIVE,)})
    assert isinstance(of_all, ConsentNoted)
    assert when(PROGRAMMES, [*both, of_all], less, RELAY) == []
    (told,) = when(PROGRAMMES, [*both, of_all], ASK, CLINIC, beside)
    assert isinstance(told, NotesDisclosed)
    assert told.categories == (NARRATIVE,)
    to_one = less.model_copy(update={"recipient": "porto", "recipient_class": None})
    (of_one,) = when(PROGRAMMES, [*both, of_all], to_one, RELAY)
    assert isinstance(of_one, ConsentNoted)
    facts: list[Fact] = [*both, of_all, of_one]
    assert refusal(PROGRAMMES, facts, ASK, CLINIC, beside) == NO_CONSENT
    assert when(PROGRAMMES, facts, ASK, OTHERS, beside)


def test_when_a_consent_to_a_class_is_heard_of_then_its_class_is_noted() -> None:
    assert when(PROGRAMMES, [], NoteConsent(**TO_CLASS.model_dump()), RELAY) == [TO_CLASS]


def test_only_a_disclosure_where_a_class_was_named_looks_beside_the_case() -> None:
    def beside(command: Request, *facts: ConsentNoted) -> list[str]:
        case = PROGRAMMES.initial
        for fact in facts:
            case = PROGRAMMES.evolve(case, fact)
        return list(PROGRAMMES.beside(command, case, CLINIC))  # type: ignore[arg-type]  # one of its commands

    assert beside(ASK, TO_CLASS) == [organisation_stream("ausl")]
    assert beside(ASK, ALLOWED) == []
    assert beside(StopForWithdrawal(consent=GIVEN), TO_CLASS) == []


def test_a_class_that_was_stored_before_classes_were_noted_is_read_and_opens_nothing() -> None:
    older = [
        form
        for form in committed(HERE / "events")[ConsentNoted.stored_name]
        if "recipient_class" not in form["data"]
    ]
    assert len(older) == 2
    for form in older:
        data = {**form["data"], "recipient": None, "purpose": ASK.purpose.value}
        changed = {"valid_until": IN_A_MONTH.isoformat(), "consent": GIVEN}
        event = read({**form, "data": {**data, **changed}})
        assert isinstance(event, ConsentNoted)
        assert event.recipient_class is None
        facts = [OPENED, event]
        assert refusal(PROGRAMMES, facts, ASK, CLINIC, known(ausl=AGENCY)) == NO_CONSENT


def read(form: dict[str, Any]) -> Fact:
    """The event that is stored in this form."""
    state = json.dumps(form).encode()
    return SERVICE.names.recorded(StoredEvent(CASE, 1, ConsentNoted.stored_name, state)).event


def registered(web: Web, organisation: str, kind: OrganisationKind) -> None:
    told = OrganisationRegistered(organisation=organisation, kind=kind)
    hear(web, told.type, told.model_dump(mode="json"))


def heard_of_class(web: Web, *categories: DataCategory) -> None:
    given = ConsentGivenToClass(
        case=CASE,
        consent=GIVEN,
        recipient_class=AGENCY,
        purpose=ASK.purpose,
        categories=categories,
        valid_until=IN_A_MONTH,
    )
    hear(web, given.type, given.model_dump(mode="json"))


def narrowed(web: Web, to: str | None, *categories: DataCategory) -> None:
    less = ConsentNarrowed(
        case=CASE,
        consent=GIVEN,
        recipient=to,
        recipient_class=None if to else AGENCY,
        categories=categories,
        valid_until=IN_A_MONTH,
    )
    hear(web, less.type, less.model_dump(mode="json"))


def withheld_from(web: Web, *organisations: str) -> None:
    for organisation in organisations:
        answer = asked(web, acting(organisation, Role.PROVIDER_INTAKE))
        assert (answer.status_code, answer.json()["rule"]) == (403, NO_CONSENT)
        assert "about" not in answer.text


def two_of_a_class(web: Web) -> None:
    """`ausl` and `clinica` are of the class, `porto` is of another kind; of `nuova` nobody told."""
    noted(web)
    for organisation, kind in (("ausl", AGENCY), ("clinica", AGENCY), ("porto", NGO)):
        registered(web, organisation, kind)
    heard_of_class(web, HEALTH, NARRATIVE)


def test_over_http_one_of_the_class_sees_and_others_do_not_until_it_is_withdrawn(web: Web) -> None:
    noted(web)
    heard_of_class(web, HEALTH)
    withheld_from(web, "ausl")
    registered(web, "ausl", AGENCY)
    registered(web, "porto", NGO)
    answer = asked(web)
    assert answer.status_code == 201, answer.text
    assert [note["text"] for note in answer.json()["notes"]] == ["about medical"]
    withheld_from(web, "porto", "nuova")
    withdrawn = ConsentWithdrawn(case=CASE, consent=GIVEN)
    hear(web, withdrawn.type, withdrawn.model_dump(mode="json"))
    recorded = web.store.service.names.recorded(web.store.events(CASE)[-1])
    assert recorded.event == WITHDRAWN.model_copy(update={"organisations": ("ausl",)})
    withheld_from(web, "ausl", "porto")


def test_over_http_after_a_narrowing_less_is_shown_to_the_class_and_then_to_one_of_it(
    web: Web,
) -> None:
    two_of_a_class(web)
    assert len(asked(web).json()["notes"]) == 4
    narrowed(web, None, HEALTH)
    assert [note["text"] for note in asked(web).json()["notes"]] == ["about medical"]
    withheld_from(web, "porto", "nuova")
    narrowed(web, "clinica", HEALTH)
    withheld_from(web, "ausl", "porto", "nuova")
    assert asked(web, acting("clinica", Role.PROVIDER_INTAKE)).status_code == 201


@pytest.mark.parametrize("told", [True, False])
def test_over_http_once_the_consent_to_a_class_has_ended_nobody_sees(web: Web, told: bool) -> None:
    two_of_a_class(web)
    assert asked(web).status_code == 201
    if told:
        expired = ConsentExpired(case=CASE, consent=GIVEN)
        hear(web, expired.type, expired.model_dump(mode="json"))
    else:
        web.clock.now = IN_A_MONTH + timedelta(seconds=1)
    withheld_from(web, "ausl", "clinica", "porto")
