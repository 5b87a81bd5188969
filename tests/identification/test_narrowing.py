"""A consent is narrowed, and never goes wider by it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identification.cases import events
from services.identification.cases.commands import (
    NarrowConsent,
)
from services.identification.cases.decide import CASES
from shared.codes import (
    ConsentEnd,
    DataCategory,
    Role,
)
from shared.runtime.facts import Fact, Refused
from tests.identification.desk import Desk
from tests.identification.ending import ASKED, DESTROYED, HEARD, SHOWN, TO_HEALTH, decided
from tests.identification.given import (
    ANOTHER_CONSENT,
    CONSENT,
    CONSENTED,
    DISCLOSE,
    GIVEN,
    HOTLINE,
    INFORMED,
    NEXT_MONTH,
    OPENED,
    SHELTER,
    WITHDRAWN,
)
from tests.support.decisions import NOW, refusal


def test_when_a_class_is_narrowed_to_one_of_it_then_the_others_are_asked_what_they_did() -> None:
    seen = SHOWN.model_copy(update={"recipient": "ausl-2"})
    one = NarrowConsent(consent=CONSENT, recipient="ausl")
    narrowed, asked = decided([OPENED, INFORMED, TO_HEALTH, seen], one, HOTLINE, HEARD)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert (narrowed.recipient, narrowed.recipient_class) == ("ausl", None)
    assert isinstance(asked, events.AcknowledgementAsked)
    assert (asked.organisation, asked.end) == ("ausl-2", ConsentEnd.NARROWED)
    rule = refusal(CASES, [OPENED, INFORMED, TO_HEALTH], one, HOTLINE)
    assert rule == "a-class-is-narrowed-to-one-of-its-own"


def test_narrowing_said_twice_is_true_once_and_never_goes_wider() -> None:
    less = NarrowConsent(consent=CONSENT, categories=(DataCategory.IDENTITY,))
    (narrowed,) = decided(CONSENTED, less, HOTLINE)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert decided([*CONSENTED, narrowed], less, HOTLINE) == []
    for wider in (
        {"categories": (DataCategory.NARRATIVE,)},
        {"valid_until": NEXT_MONTH + timedelta(days=1)},
    ):
        again = NarrowConsent(consent=CONSENT, **wider)
        rule = refusal(CASES, [*CONSENTED, narrowed], again, HOTLINE)
        assert rule == "narrowing-never-widens"
    elsewhere = NarrowConsent(consent=CONSENT, recipient="porto")
    rule = refusal(CASES, CONSENTED, elsewhere, HOTLINE)
    assert rule == "a-class-is-narrowed-to-one-of-its-own"


@pytest.mark.parametrize("consent", [CONSENT, ANOTHER_CONSENT])
def test_only_a_live_consent_of_this_case_is_narrowed(consent: str) -> None:
    less = NarrowConsent(consent=consent, categories=(DataCategory.IDENTITY,))
    rule = refusal(CASES, [*CONSENTED, WITHDRAWN], less, HOTLINE)
    assert rule == "only-a-live-consent-is-narrowed"


@given(
    st.lists(
        st.builds(
            lambda categories, days: NarrowConsent(
                consent=CONSENT,
                categories=tuple(categories) or None,
                valid_until=None if days is None else NOW + timedelta(days=days),
            ),
            st.lists(st.sampled_from(DataCategory), max_size=4),
            st.none() | st.integers(-2, 60),
        ),
        max_size=8,
    )
)
def test_no_series_of_narrowings_ever_allows_more(narrowings: list[NarrowConsent]) -> None:
    history: list[Fact] = list(CONSENTED)
    categories: set[DataCategory] = set(GIVEN.categories)
    until: datetime = GIVEN.valid_until
    for command in narrowings:
        try:
            facts = decided(history, command, HOTLINE)
        except Refused:
            continue
        for fact in facts:
            assert isinstance(fact, events.ConsentNarrowed)
            assert set(fact.categories) <= categories
            assert fact.valid_until <= until
            categories, until = set(fact.categories), fact.valid_until
            history.append(fact)


def test_over_http_a_consent_is_narrowed_and_what_went_is_shown_no_more(desk: Desk) -> None:
    case, consent = desk.consented()
    less = {"consent": consent, "categories": ["narrative"]}
    path = f"/cases/{case}/consent-narrowings"
    assert desk.web.post(path, less, desk.by("porto")).status_code == 403
    assert desk.web.post(path, less, desk.by()).status_code == 200
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    assert desk.ask(case, DISCLOSE, shelter).status_code == 403
    assert desk.seen(case)["consents"][0]["categories"] == "narrative"


def test_a_class_that_loses_a_category_stays_a_class() -> None:
    less = NarrowConsent(consent=CONSENT, categories=(DataCategory.IDENTITY,))
    (narrowed,) = decided([OPENED, INFORMED, TO_HEALTH], less, HOTLINE)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert narrowed.recipient_class is TO_HEALTH.recipient_class
    assert narrowed.recipient is None


def test_who_is_the_only_recipient_may_be_named_again() -> None:
    less = NarrowConsent(
        consent=CONSENT, recipient="casa-aperta", categories=(DataCategory.IDENTITY,)
    )
    (narrowed,) = decided(CONSENTED, less, HOTLINE)
    assert isinstance(narrowed, events.ConsentNarrowed)
    assert (narrowed.recipient, narrowed.categories) == ("casa-aperta", less.categories)


def narrowed_to(*categories: DataCategory) -> events.ConsentNarrowed:
    return events.ConsentNarrowed(
        consent=CONSENT,
        recipient="casa-aperta",
        recipient_class=None,
        categories=categories,
        valid_until=NEXT_MONTH,
    )


def test_who_read_only_what_remains_is_not_asked_and_who_read_more_is() -> None:
    read: list[Fact] = [*CONSENTED, SHOWN]
    remains = NarrowConsent(consent=CONSENT, categories=(DataCategory.IDENTITY,))
    assert decided(read, remains, HOTLINE) == [narrowed_to(DataCategory.IDENTITY)]
    goes = NarrowConsent(consent=CONSENT, categories=(DataCategory.NARRATIVE,))
    asked = ASKED.model_copy(update={"end": ConsentEnd.NARROWED})
    assert decided(read, goes, HOTLINE) == [narrowed_to(DataCategory.NARRATIVE), asked]


def test_when_it_is_narrowed_again_then_who_has_answered_is_asked_anew() -> None:
    wide = GIVEN.model_copy(update={"categories": tuple(DataCategory)})
    rest = tuple(each for each in DataCategory if each is not DataCategory.IDENTITY)
    read: list[Fact] = [OPENED, INFORMED, wide, SHOWN]
    first = decided(read, NarrowConsent(consent=CONSENT, categories=rest), HOTLINE)
    assert len(first) == 2
    again = NarrowConsent(consent=CONSENT, categories=rest[:1])
    history = [*read, *(each for each in first if isinstance(each, Fact))]
    assert len(decided(history, again, HOTLINE)) == 1, "it was asked, and has not answered yet"
    (answered,) = decided(history, DESTROYED, SHELTER)
    assert isinstance(answered, Fact)
    assert len(decided([*history, answered], again, HOTLINE)) == 2


def test_who_read_more_since_they_were_asked_is_asked_again_with_that() -> None:
    wide = GIVEN.model_copy(update={"categories": tuple(DataCategory)})
    rest = tuple(each for each in DataCategory if each is not DataCategory.IDENTITY)
    asked = ASKED.model_copy(update={"end": ConsentEnd.NARROWED})
    more = SHOWN.model_copy(update={"categories": (DataCategory.HEALTH,)})
    history: list[Fact] = [OPENED, INFORMED, wide, SHOWN, narrowed_to(*rest), asked, more]
    less = NarrowConsent(consent=CONSENT, categories=(DataCategory.NARRATIVE,))
    assert decided(history, less, HOTLINE) == [
        narrowed_to(DataCategory.NARRATIVE),
        asked.model_copy(update={"read": (DataCategory.HEALTH, DataCategory.IDENTITY)}),
    ]
