"""Whatever happens in whatever order: no disclosure without a live consent, and tables that can
be made again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.identification.app import SERVICE
from services.identification.cases.commands import (
    Command,
    DiscloseDossier,
    ExpireConsent,
    GiveConsent,
    NarrowConsent,
    NoteCustody,
    WithdrawConsent,
)
from services.identification.cases.decide import CASES, case_id
from services.identification.cases.events import (
    ConsentExpired,
    ConsentGiven,
    ConsentNarrowed,
    ConsentWithdrawn,
    DossierDisclosed,
    Event,
)
from services.identification.contacts.decide import CONTACTS
from services.identification.network.state import Known
from shared.codes import DataCategory, OrganisationKind, Purpose, Role
from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import handle
from shared.runtime.rebuild import rebuild
from tests.identification.given import (
    ANOTHER_CONTACT,
    CONSENT_TO_SHELTER,
    CONTACT,
    DETERMINE,
    HOTLINE,
    IDENTIFY,
    INFORM,
    INFORMED,
    LINK,
    OPEN,
    OPENED,
    REFUSE,
    REPORT,
)
from tests.support.decisions import NOW
from tests.support.places import new_place, read_tables

SHELTERS = ("casa-aperta", "porto")
ONLY_NGO = "porto"
WORKING = frozenset({Role.CASE_MANAGER, Role.PROVIDER_INTAKE, Role.HOTLINE_OPERATOR})


@dataclass(frozen=True)
class Step:
    """Somebody asks for something, some days after what came before."""

    command: Command
    organisation: str = "hotline"
    days: int = 0

    def by(self, number: int, now: datetime) -> Acting:
        return Acting("op-1", self.organisation, now, WORKING, f"{number:032x}")


shelters, days = st.sampled_from(SHELTERS), st.sampled_from((0, 0, 0, 1))
anybody = st.sampled_from(("hotline", *SHELTERS))
purposes = st.sampled_from((Purpose.REFERRAL, Purpose.LEGAL_AID))
wide = st.permutations(list(DataCategory)).map(tuple)
narrow = st.lists(st.sampled_from(DataCategory), min_size=1, max_size=2).map(tuple)
gives = st.builds(
    lambda recipient, purpose, categories, lasting: CONSENT_TO_SHELTER.model_copy(
        update={
            "recipient": recipient,
            "purpose": purpose,
            "categories": categories,
            "valid_until": NOW + timedelta(days=lasting),
        }
    ),
    shelters,
    purposes,
    wide | narrow,
    st.integers(1, 6),
)
# A consent has the number of the step that gave it, so that some of these name one.
withdraws = st.builds(lambda step: WithdrawConsent(consent=f"{step:032x}"), st.integers(0, 12))
discloses = st.builds(
    lambda purpose, categories: DiscloseDossier(purpose=purpose, categories=categories),
    purposes,
    narrow,
)
narrows = st.builds(
    lambda step, categories, to: NarrowConsent(
        consent=f"{step:032x}", categories=categories, recipient=to
    ),
    st.integers(0, 12),
    narrow,
    st.none() | shelters,
)
expires = st.builds(lambda step: ExpireConsent(consent=f"{step:032x}"), st.integers(0, 12))
to_a_class = gives.map(
    lambda asked: asked.model_copy(
        update={"recipient": None, "recipient_class": OrganisationKind.NGO}
    )
)
moves = st.builds(lambda to: NoteCustody(custodian=to, referral="r-1"), anybody)
others = st.sampled_from([INFORM, REFUSE, IDENTIFY, DETERMINE, LINK])
steps = st.lists(
    st.one_of(
        st.builds(Step, gives, days=days),
        st.builds(Step, discloses, shelters, days),
        st.builds(Step, withdraws | narrows | to_a_class),
        st.builds(Step, expires, days=days),
        st.builds(Step, gives | withdraws | moves | others, anybody, days),
    ),
    min_size=8,
    max_size=25,
)


def known_of(stream: str) -> Known:
    """What the network is known for: one of the two shelters is an NGO."""
    return Known(OrganisationKind.NGO if stream == f"organisation-{ONLY_NGO}" else None)


@dataclass
class Consents:
    """What was agreed, kept by the test in its own way: what is allowed at a moment."""

    given: dict[str, ConsentGiven] = field(default_factory=dict)

    def note(self, fact: Event) -> None:
        if isinstance(fact, ConsentGiven):
            self.given[fact.consent] = fact
        if isinstance(fact, ConsentNarrowed):
            scope = fact.model_dump(exclude={"consent"})
            self.given[fact.consent] = self.given[fact.consent].model_copy(update=scope)
        if isinstance(fact, ConsentWithdrawn | ConsentExpired):
            self.given.pop(fact.consent, None)

    def covering(self, asked: DiscloseDossier, organisation: str, now: datetime) -> set[str]:
        return {
            name
            for name, agreed in self.given.items()
            if (agreed.recipient or ONLY_NGO) == organisation
            and agreed.purpose == asked.purpose
            and any(category in agreed.categories for category in asked.categories)
            and agreed.valid_until > now
        }


@given(history=steps)
@settings(max_examples=300, deadline=None)
def test_no_history_discloses_without_a_live_consent(history: Sequence[Step]) -> None:
    case, agreed, now = CASES.evolve(CASES.evolve(CASES.initial, OPENED), INFORMED), Consents(), NOW
    for number, step in enumerate(history):
        now += timedelta(days=step.days)
        by = step.by(number, now)
        try:
            beside = CASES.beside(step.command, case, by)
            known = {stream: known_of(stream) for stream in beside}
            facts = CASES.decide(step.command, CASES.seeing(case, known), by)
        except Refused:
            facts = ()
        if isinstance(step.command, DiscloseDossier):
            allowed = agreed.covering(step.command, step.organisation, now)
            event(f"disclosed: {bool(facts)}")
            assert bool(facts) == bool(allowed)
            for fact in facts:
                assert isinstance(fact, DossierDisclosed)
                assert fact.consent in allowed
                assert (fact.recipient, fact.purpose) == (step.organisation, step.command.purpose)
                agreed_to = agreed.given[fact.consent].categories
                assert set(fact.categories) == set(step.command.categories) & set(agreed_to)
        for fact in facts:
            case = CASES.evolve(case, fact)  # type: ignore[arg-type]  # no further stream here
            agreed.note(fact)  # type: ignore[arg-type]  # the same


@given(history=steps)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happened_the_read_tables_can_be_made_again(
    kind: str, tmp_path: Path, history: Sequence[Step]
) -> None:
    store, case, now = new_place(kind, tmp_path).open(SERVICE), case_id(HOTLINE), NOW
    for contact in (CONTACT, ANOTHER_CONTACT):
        handle(store, CONTACTS, contact, REPORT, HOTLINE)
    handle(store, CASES, case, OPEN, HOTLINE)
    for number, step in enumerate([Step(INFORM, "hotline", 0), *history]):
        now += timedelta(days=step.days)
        try:
            handle(store, CASES, case, step.command, step.by(number, now))
        except Refused:
            continue
    live = read_tables(store)
    assert len(live["cases"]) == 1
    with store.transaction(commit=True) as run:
        run("UPDATE cases SET custodian = 'wrong', status = 'wrong'")
        run("DELETE FROM consents")
        run("UPDATE contacts SET case_id = NULL")
    rebuild(store, lambda _done, _total: None)
    assert read_tables(store) == live
    store.close()


def test_a_consent_that_was_given_covers_what_it_says() -> None:
    """The test's own memory of consents, tried on its own."""
    agreed = Consents()
    agreed.note(_given(CONSENT_TO_SHELTER))
    asked = DiscloseDossier(purpose=Purpose.REFERRAL, categories=(DataCategory.IDENTITY,))
    assert agreed.covering(asked, "casa-aperta", NOW) == {"c"}
    assert agreed.covering(asked, "porto", NOW) == set()
    agreed.note(ConsentWithdrawn(consent="c"))
    assert agreed.covering(asked, "casa-aperta", NOW) == set()


def _given(asked: GiveConsent) -> ConsentGiven:
    fields = asked.model_dump(exclude={"met_with_the_person"})
    return ConsentGiven(consent="c", leaflet="rights-2026.1", **fields)
