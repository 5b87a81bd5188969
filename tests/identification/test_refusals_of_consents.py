"""How the rules of consents, of their ends and of receipts refuse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.identification.cases import consent_policies as consents
from services.identification.cases import ending_policies as ending
from services.identification.cases.consent_state import Consent
from services.identification.receipts import policies as receipts
from shared.codes import (
    ConsentEnd,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    HolderAction,
    InterpreterMode,
    OrganisationKind,
    Purpose,
)
from shared.runtime.facts import RefusalKind
from tests.identification.given import ANOTHER_CONSENT, CASE, CONSENT, NEXT_MONTH, SHELTER
from tests.identification.refusing import Refusal, in_sentences, own_name, refused
from tests.support.decisions import NOW

LIVE = Consent("casa-aperta", Purpose.REFERRAL, (DataCategory.IDENTITY,), NEXT_MONTH)
NGO = OrganisationKind.NGO
BOTH = (DataCategory.IDENTITY, DataCategory.HEALTH)
ISSUED = {"case_id": CASE, "consent": CONSENT}
NAMED_AS_THEIR_FUNCTIONS: list[Refusal] = [
    (consents.nobody_found_with_the_person_interprets, (InterpreterMode.TELEPHONE, True), "state"),
    (consents.consent_follows_information, ("sq", ("ro",)), "state"),
    (consents.consent_ends_in_the_future, (NOW, NOW), "content"),
    (consents.a_consent_names_one_recipient, (None, None), "content"),
    (consents.a_consent_names_one_recipient, ("casa-aperta", NGO), "content"),
    (
        consents.a_child_assents_to_what_its_guardian_allows,
        (ConsentGiver.GUARDIAN, None),
        "state",
    ),
    (consents.a_witness_is_somebody_else, ("op-1", "op-1"), "content"),
    (consents.only_a_live_consent_is_narrowed, (None, NOW), "missing"),
    (consents.only_a_live_consent_is_narrowed, (replace(LIVE, withdrawn=True), NOW), "state"),
    (consents.narrowing_never_widens, (LIVE, BOTH, NEXT_MONTH), "content"),
    (
        consents.narrowing_never_widens,
        (LIVE, LIVE.categories, NEXT_MONTH + timedelta(seconds=1)),
        "content",
    ),
    (consents.a_class_is_narrowed_to_one_of_its_own, (LIVE, "porto", NGO), "content"),
    (ending.only_a_known_consent_is_withdrawn, (None,), "missing"),
    (ending.who_was_asked_acknowledges, (SHELTER, {"porto"}), "missing"),
    (
        ending.nothing_held_stands_alone,
        ([HolderAction.STOPPED, HolderAction.NOTHING_HELD],),
        "content",
    ),
    (
        ending.only_an_end_in_time_leaves_something_for_care,
        ([HolderAction.KEPT_FOR_CARE], [ConsentEnd.EXPIRED, ConsentEnd.WITHDRAWN]),
        "state",
    ),
    (receipts.only_a_known_consent_has_a_receipt, (None,), "missing"),
    (receipts.a_receipt_is_issued_first, (None, CASE, CONSENT), "missing"),
    (receipts.a_receipt_is_issued_first, (ISSUED, CASE, ANOTHER_CONSENT), "missing"),
    (receipts.a_receipt_is_issued_first, (ISSUED, f"case-{'b' * 32}", CONSENT), "missing"),
    (receipts.a_code_is_typed_as_it_is_printed, (False,), "content"),
]
SPOKEN, WRITTEN, FILE = (
    ConsentForm.SPOKEN_WITNESSED,
    ConsentForm.WRITTEN,
    ConsentForm.SIGNED_FILE,
)
NAMED_OTHERWISE: list[tuple[Refusal, str]] = [
    (
        (
            consents.a_child_assents_to_what_its_guardian_allows,
            (ConsentGiver.PERSON, True),
            "content",
        ),
        "assent-belongs-to-a-guardians-consent",
    ),
    (
        (consents.what_shows_a_consent_fits_its_form, (SPOKEN, None, None), "content"),
        "a-spoken-consent-has-a-witness",
    ),
    (
        (consents.what_shows_a_consent_fits_its_form, (WRITTEN, "op-2", None), "content"),
        "a-spoken-consent-has-a-witness",
    ),
    (
        (consents.what_shows_a_consent_fits_its_form, (FILE, None, None), "content"),
        "a-signed-file-is-known-by-its-hash",
    ),
    (
        (consents.what_shows_a_consent_fits_its_form, (WRITTEN, None, "0" * 64), "content"),
        "a-signed-file-is-known-by-its-hash",
    ),
]
ROWS = [
    *((*row, own_name(row[0])) for row in NAMED_AS_THEIR_FUNCTIONS),
    *((*row, name) for row, name in NAMED_OTHERWISE),
]


@pytest.mark.parametrize(("rule", "given", "kind", "name"), ROWS)
def test_when_a_rule_of_consents_says_no_then_it_says_which_why_and_what_to_do_instead(
    rule: Callable[..., object], given: tuple[object, ...], kind: RefusalKind, name: str
) -> None:
    told = refused(rule, given)
    assert (told.rule, told.kind) == (name, kind)
    assert in_sentences(told)


def test_a_receipt_that_was_issued_of_this_consent_is_seen() -> None:
    assert receipts.a_receipt_is_issued_first(ISSUED, CASE, CONSENT) == ISSUED
