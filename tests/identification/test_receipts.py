"""What a person is given of a consent: on paper, as JSON, and with a code that tells no more."""

import io
import itertools
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.identification.cases.commands import RequestErasure
from services.identification.cases.decide import CASES
from services.identification.receipts import code
from services.identification.receipts.commands import IssueReceipt
from services.identification.receipts.events import ReceiptIssued
from services.identification.receipts.standing import Standing, standing
from services.identification.receipts.texts import FALLBACK, language_for, languages, texts
from shared.codes import (
    ConsentForm,
    ConsentGiver,
    DataCategory,
    ErasureGround,
    InterpreterMode,
    LabelledCode,
    OrganisationKind,
    Purpose,
    Role,
)
from shared.runtime.append import instant
from shared.runtime.facts import Refused
from shared.runtime.rebuild import rebuild
from shared.runtime.timers import fire_due
from shared.trust.key_file import keys_in_file
from shared.trust.key_store import KeyStore
from tests.identification.desk import Desk, body
from tests.identification.given import (
    ANOTHER_CONSENT,
    CASE,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    HOTLINE,
    INFORM,
    NEXT_MONTH,
    SHELTER,
    WITHDRAW,
    WITHDRAWN,
)
from tests.support.decisions import NOW, refusal, when

ISSUE = IssueReceipt(consent=CONSENT, verifier="e" * 64)
ISSUED = ReceiptIssued(consent=CONSENT, verifier="e" * 64)
MISTYPED = "a-code-is-typed-as-it-is-printed"


def test_given_a_consent_when_its_receipt_is_issued_then_that_is_recorded_once() -> None:
    assert when(CASES, CONSENTED, ISSUE, HOTLINE) == [ISSUED]
    assert when(CASES, [*CONSENTED, ISSUED], ISSUE, HOTLINE) == []


def test_given_keys_that_were_lost_when_it_is_issued_again_then_its_new_code_is_known() -> None:
    again = ISSUE.model_copy(update={"verifier": "f" * 64})
    (issued,) = when(CASES, [*CONSENTED, ISSUED], again, HOTLINE)
    assert issued == ReceiptIssued(consent=CONSENT, verifier="f" * 64)


def test_given_a_withdrawal_then_a_receipt_is_issued_still() -> None:
    assert when(CASES, [*CONSENTED, WITHDRAWN], ISSUE, HOTLINE) == [ISSUED]


def test_only_the_custodian_issues_and_only_of_a_known_consent() -> None:
    told = refusal(CASES, CONSENTED, ISSUE, SHELTER)
    assert told == "only-the-custodian-works-on-a-case"
    of_another = ISSUE.model_copy(update={"consent": ANOTHER_CONSENT})
    told = refusal(CASES, CONSENTED, of_another, HOTLINE)
    assert told == "only-a-known-consent-has-a-receipt"


def row(**changed: str | None) -> dict[str, str | None]:
    lives = {"withdrawn_at": None, "expired_at": None, "narrowed_at": None}
    return {**lives, "valid_until": instant(NEXT_MONTH), **changed}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Standing.LIVE),
        ({"narrowed_at": instant(NOW)}, Standing.NARROWED),
        ({"valid_until": instant(NOW)}, Standing.EXPIRED),
        ({"expired_at": instant(NOW)}, Standing.EXPIRED),
        ({"narrowed_at": instant(NOW), "valid_until": instant(NOW)}, Standing.EXPIRED),
        ({"withdrawn_at": instant(NOW), "expired_at": instant(NOW)}, Standing.WITHDRAWN),
    ],
)
def test_how_a_consent_stands(changed: dict[str, str], expected: Standing) -> None:
    assert standing(row(**changed), NOW) is expected
    assert standing(row(valid_until=instant(NOW + timedelta(seconds=1))), NOW) is Standing.LIVE


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyStore]:
    opened = keys_in_file(tmp_path_factory.mktemp("keys") / "identification.keys.sqlite")
    yield opened
    opened.close()


def test_a_code_has_135_bits_of_the_persons_own_key_and_is_of_one_consent(
    keys: KeyStore,
) -> None:
    printed = code.first_code_of(keys, CASE, CONSENT)
    assert code.code_of(keys, CASE, CONSENT) == printed
    assert [len(group) for group in printed.split("-")] == [4] * 7
    others = {
        code.first_code_of(keys, CASE, ANOTHER_CONSENT),
        code.first_code_of(keys, "b", CONSENT),
    }
    assert len(others | {printed}) == 3
    assert set("".join(others)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U-")


def test_a_code_may_be_typed_in_small_letters_with_spaces_and_look_alikes(keys: KeyStore) -> None:
    number = 0
    while not {"0", "1"} <= set(printed := code.first_code_of(keys, CASE, str(number))):
        number += 1
    known = code.verifier_of(keys, printed)
    typed = printed.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert code.verifier_of(keys, f" {typed} ") == known
    assert code.verifier_of(keys, printed.replace("-", "").replace("1", "I")) == known


@given(place=st.integers(0, 27), symbol=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_symbol_that_was_mistyped_is_noticed(keys: KeyStore, place: int, symbol: str) -> None:
    printed = code.first_code_of(keys, CASE, CONSENT).replace("-", "")
    typed = printed[:place] + symbol + printed[place + 1 :]
    if typed != printed:
        with pytest.raises(Refused) as told:
            code.verifier_of(keys, typed)
        assert (told.value.rule, told.value.kind) == (MISTYPED, "content")
        assert typed not in str(vars(told.value))


@pytest.mark.parametrize("typed", ["", "-", "U", "0", "ABCD-EFGH", "0" * 27, "0" * 29, "é" * 28])
def test_what_is_no_code_is_said_to_be_none(keys: KeyStore, typed: str) -> None:
    with pytest.raises(Refused, match="whole code"):
        code.verifier_of(keys, typed)


LISTS: dict[str, type[LabelledCode]] = {
    "purposes": Purpose,
    "data": DataCategory,
    "givers": ConsentGiver,
    "forms": ConsentForm,
    "interpreters": InterpreterMode,
    "kinds": OrganisationKind,
}


@pytest.mark.parametrize("language", languages())
def test_each_language_has_a_word_for_everything(language: str) -> None:
    words, english = texts(language), texts(FALLBACK)
    assert {name: sorted(of) for name, of in words.items() if isinstance(of, dict)} == {
        name: sorted(of) for name, of in english.items() if isinstance(of, dict)
    }
    assert set(words) == set(english)
    for name, codes in LISTS.items():
        assert set(words[name]) == set(codes)
    assert set(words["standings"]) == set(Standing)


def test_a_language_without_words_is_printed_in_english() -> None:
    assert {"en", "it"} <= set(languages())
    assert [language_for(tag) for tag in ("it", "it-CH", "sq", "en-GB")] == ["it", "it", "en", "en"]


def issue(desk: Desk, case: str, consent: str, key: str | None = None) -> Response:
    return desk.web.post(f"/cases/{case}/consent-receipts", {"consent": consent}, desk.by(), key)


def shown(desk: Desk, case: str, consent: str, end: str = "") -> Response:
    return desk.web.get(f"/cases/{case}/consent-receipts/{consent}{end}", desk.by())


def issued(desk: Desk, **changed: Any) -> tuple[str, str, str]:
    """The ids of a case and of a consent, and the code of its receipt."""
    case, consent = desk.consented(**changed)
    assert issue(desk, case, consent).status_code == 201
    return case, consent, shown(desk, case, consent).json()["receipt_id"]


def verify(desk: Desk, typed: str) -> Response:
    """As a stranger."""
    return desk.web.client.post("/receipt-verifications", json={"code": typed})


def test_over_http_a_receipt_has_the_parts_of_the_standard_and_names_nobody(desk: Desk) -> None:
    case, consent, _code = issued(desk)
    told = shown(desk, case, consent).json()
    assert told["schema_version"] == "ISO/IEC TS 27560:2023"
    assert told["pii_processing"]["privacy_notice"] == "rights-2026.1"
    assert told["pii_processing"]["purpose"] == "referral"
    assert [each["pii_type"] for each in told["pii_processing"]["pii_information"]] == [
        "identity",
        "narrative",
    ]
    assert told["party_identification"] == [
        {"party_id": "hotline", "party_role": "controller"},
        {"party_id": "casa-aperta", "party_role": "recipient"},
    ]
    assert [each["event_state"] for each in told["event"]] == ["given"]
    assert told["event"][0]["entity_id"] == "person"
    text = json.dumps(told)
    assert not any(word in text for word in ("Arta", "Hoxha", "baker", "told us", case, consent))


def test_over_http_it_is_issued_once_and_printed_again_with_the_same_code(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    for key in ("k-1", "k-1", "k-2"):
        answer = issue(desk, case, consent, key)
        assert (answer.status_code, answer.json()["id"]) == (201, consent)
    assert shown(desk, case, consent).json()["receipt_id"] == printed
    assert desk.names(case).count("case.receipt-issued.v1") == 1


def paper(answer: Response) -> str:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(("spoken", "printed"), [("it", "it"), ("sq", "en")])
def test_over_http_the_paper_is_in_the_language_of_the_consent(
    desk: Desk, spoken: str, printed: str
) -> None:
    case = desk.open()
    desk.done(case, INFORM, language=spoken)
    consent = desk.done(case, CONSENT_TO_SHELTER, language=spoken)
    issue(desk, case, consent)
    words, text = texts(printed), paper(shown(desk, case, consent, "/pdf"))
    said = shown(desk, case, consent).json()
    assert said["receipt_language"] == printed
    for part in ("title", "withdrawal", "rights", "safety", "verifying"):
        assert words[part] in text
    told = (said["receipt_id"], "casa-aperta", "hotline", "rights-2026.1", "2026-04-07")
    assert all(each in text for each in told)
    assert words["data"]["narrative"] in text
    assert words["standings"]["live"] in text
    assert words["data"]["health"] not in text
    assert case not in text


def test_over_http_another_language_may_be_asked_for(desk: Desk) -> None:
    case, consent, _code = issued(desk)
    assert texts("it")["title"] in paper(shown(desk, case, consent, "/pdf?language=it"))
    assert shown(desk, case, consent, "?language=it-CH").json()["receipt_language"] == "it"
    assert shown(desk, case, consent, "?language=x'").status_code == 422


def test_over_http_a_receipt_of_a_class_says_so_in_words(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, INFORM)
    consent = desk.done(case, CONSENT_TO_SHELTER, recipient=None, recipient_class="ngo")
    issue(desk, case, consent)
    said = shown(desk, case, consent, "?language=it").json()
    assert said["pii_processing"]["recipient_third_parties"].endswith("non governativa")
    assert said["party_identification"][1]["party_id"] == "ngo"


def test_over_http_a_stranger_learns_how_the_consent_stands_and_nothing_else(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    assert verify(desk, printed).json() == {"genuine": True, "consent": "live"}
    narrowed = {"consent": consent, "categories": ["identity"]}
    desk.web.post(f"/cases/{case}/consent-narrowings", narrowed, desk.by())
    assert verify(desk, printed).json() == {"genuine": True, "consent": "narrowed"}
    desk.done(case, WITHDRAW, consent=consent)
    assert verify(desk, printed).json() == {"genuine": True, "consent": "withdrawn"}
    states = [each["event_state"] for each in shown(desk, case, consent).json()["event"]]
    assert states == ["given", "narrowed", "withdrawn"]


def test_over_http_a_date_ends_it_whether_its_timer_has_fired_or_not(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    desk.web.clock.now += timedelta(days=31)
    assert verify(desk, printed).json() == {"genuine": True, "consent": "expired"}
    last = shown(desk, case, consent).json()["event"][-1]
    assert (last["event_state"], last["entity_id"]) == ("expired", None)


def test_over_http_a_code_that_was_never_issued_is_not_genuine(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    never = code.first_code_of(desk.web.store.keys, "case-x", CONSENT)
    assert verify(desk, never).json() == {"genuine": False, "consent": None}
    mistyped = ("0" if printed[0] != "0" else "1") + printed[1:]
    answer = verify(desk, mistyped)
    assert (answer.status_code, answer.json()["rule"]) == (422, MISTYPED)
    assert mistyped not in answer.text


def test_over_http_a_receipt_is_issued_first_and_by_the_custodian(desk: Desk) -> None:
    case, consent = desk.consented()
    answer = shown(desk, case, consent)
    assert (answer.status_code, answer.json()["rule"]) == (404, "a-receipt-is-issued-first")
    other = desk.consented()[1]
    for answer in (issue(desk, case, other), issue(desk, case, ANOTHER_CONSENT)):
        assert (answer.status_code, answer.json()["rule"]) == (
            404,
            "only-a-known-consent-has-a-receipt",
        )
    shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
    path = f"/cases/{case}/consent-receipts"
    assert desk.web.post(path, {"consent": consent}, shelter).status_code == 403
    issue(desk, case, consent)
    for end in ("", "/pdf"):
        hidden = desk.web.get(f"{path}/{consent}{end}", shelter)
        assert (hidden.status_code, "casa" in hidden.text) == (404, False)


def test_over_http_each_print_is_a_read_and_the_trace_says_it(desk: Desk) -> None:
    case, consent, _code = issued(desk)
    shown(desk, case, consent, "/pdf")
    lines = [line["what"] for line in desk.web.get(f"/cases/{case}/trace", desk.by()).json()]
    assert sum("the consent receipt" in line for line in lines) == 2
    assert "receipt of the consent issued" in lines


def test_over_http_strangers_ask_in_measure(desk: Desk) -> None:
    _case, _consent, printed = issued(desk)
    answers = [verify(desk, printed) for _time in range(40)]
    statuses = [answer.status_code for answer in answers]
    assert [status for status, _again in itertools.groupby(statuses)] == [200, 429]
    assert answers[-1].json()["rule"] == "strangers-ask-in-measure"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_over_http_nothing_of_a_receipt_is_left_once_the_person_is_erased(desk: Desk) -> None:
    case, consent, printed = issued(desk)
    ground = body(RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN))
    asked = desk.web.post(f"/cases/{case}/erasure", ground, desk.by())
    assert asked.status_code == 200, asked.text
    fire_due(desk.web.store, desk.web.clock(), lambda: uuid.uuid4().hex)
    assert verify(desk, printed).json() == {"genuine": False, "consent": None}
    assert shown(desk, case, consent).status_code == 409
    assert issue(desk, case, consent).status_code in (404, 409)
    rebuild(desk.web.store, lambda _done, _total: None)
    assert verify(desk, printed).json() == {"genuine": False, "consent": None}
    assert desk.web.store.rows("SELECT key FROM receipts") == []


def test_neither_the_log_nor_a_list_holds_the_code(desk: Desk) -> None:
    case, _consent, printed = issued(desk)
    spellings = (printed, printed.replace("-", ""))
    stored = b"".join(event.state for event in desk.web.store.events(case)).decode()
    rows = json.dumps(desk.web.store.rows("SELECT * FROM receipts"), default=str)
    answers = json.dumps(desk.web.store.rows("SELECT * FROM answers"), default=str)
    assert not any(each in stored + rows + answers for each in spellings)
