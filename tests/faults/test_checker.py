"""The checker itself: it finds nothing in stores that are whole, and each damage done by hand."""

import pytest

from staffetta.four import FOUR
from tests.faults.checker.ledger import read_ledger
from tests.faults.checker.verdict import Verdict, examine
from tests.faults.embedded import Embedded, loaded
from tests.support.stores import STORES

# The statements are made of words in this file only.
CASE = "SELECT MIN(originator_id) FROM stored_events WHERE topic = '{}'"
OPENED = CASE.format("case.opened.v1")
MOVED = CASE.format("case.custody-moved.v1")
NOTED = CASE.format("relay.consent-noted.v1")
COPY = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
    " SELECT originator_id, (SELECT MAX(originator_version) + 1 FROM stored_events AS others"
    " WHERE others.originator_id = stored_events.originator_id), topic, state"
    " FROM stored_events WHERE topic = '{}' AND originator_id = ({})"
)
DAMAGES = {
    "an acknowledged fact is gone": (
        "identification",
        [f"DELETE FROM stored_events WHERE originator_id = ({OPENED})"],  # noqa: S608  # see above
        {"lost", "not_dense"},
    ),
    "the answer under a key is gone": (
        "referral",
        ["DELETE FROM answers WHERE LENGTH(key) = 32 AND SUBSTR(outcome, 1, 5) = '{\"id\"'"],
        {"lost"},
    ),
    "a command had its fact twice": (
        "assistance",
        [COPY.format("programme.closed.v1", CASE.format("programme.closed.v1"))],
        {"twice"},
    ),
    "somebody was never heard of": (
        "referral",
        ["DELETE FROM stored_events WHERE topic = 'referral.place-returned.v1'"],
        {"lost"},
    ),
    "a message had its effect twice": (
        "identification",
        [COPY.format("case.custody-moved.v1", MOVED)],
        {"twice"},
    ),
    "two messages of a case had their effects in the other order": (
        "referral",
        [
            f"UPDATE stored_events SET originator_version = {to} WHERE originator_version = {of}"  # noqa: S608  # see above
            f" AND originator_id = ({NOTED})"
            for of, to in ((1, 999), (2, 1), (999, 2))
        ],
        {"out_of_order"},
    ),
    "a number is missing in a lane": (
        "identification",
        ["DELETE FROM outbox WHERE number = 1"],
        {"not_dense"},
    ),
    "a lane ends before its head": (
        "assistance",
        ["UPDATE lanes SET last = last + 1 WHERE lane = 3"],
        {"not_dense", "unheard"},
    ),
    "the audit log was rewritten": (
        "referral",
        ["UPDATE audit SET hash = (SELECT hash FROM audit AS others WHERE idx = 0) WHERE idx = 5"],
        {"not_dense"},
    ),
    "the audit log was cut": (
        "observatory",
        ["DELETE FROM audit WHERE idx = (SELECT MAX(idx) FROM audit AS others)"],
        {"not_dense"},
    ),
    "a receiver stands too early": (
        "observatory",
        ["UPDATE inbox SET number = number - 1 WHERE number > 0"],
        {"unheard"},
    ),
    "a read table says something else": (
        "identification",
        ["UPDATE cases SET area = 'IT-RE' WHERE key = (SELECT MIN(key) FROM cases AS others)"],
        {"unlike_a_rebuild"},
    ),
    "somebody is counted twice": (
        "observatory",
        [
            "INSERT INTO facts SELECT 'fact-again', quarter, month, area, channel, exploitation,"
            " age_group, gender, citizenship_group FROM facts AS others"
            " WHERE key = (SELECT MIN(key) FROM facts AS those)"
        ],
        {"miscounted", "unlike_a_rebuild"},
    ),
    "a message is parked": (
        "referral",
        ["INSERT INTO parked VALUES ('assistance', 'x', 0, 1, 'i', 't', 'k', 'a', '{}', 'f', '')"],
        {"parked"},
    ),
    "what was heard was refused": (
        "referral",
        [
            'UPDATE audit SET version = NULL, entry = \'{"kind": "refusal", "by": "relay",'
            ' "command": "NoteConsent", "rule": "the-case-exists"}\' WHERE idx = 7'
        ],
        {"refused"},
    ),
}


@pytest.fixture(scope="module", params=STORES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    return loaded(request.param, tmp_path_factory.mktemp("whole"), commands=60)


def test_nothing_is_found_in_stores_that_are_whole(whole: Embedded) -> None:
    verdict = examine([whole.ledger(part) for part in FOUR], whole.journal.read())
    assert verdict.faults() == {}
    assert verdict.acknowledged >= 60
    assert verdict.heard >= 30
    assert len(str(verdict)) < 300


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_found(whole: Embedded, damage: str) -> None:
    service, statements, kinds = DAMAGES[damage]
    with_damage = doctored(whole, service, statements)
    assert kinds <= with_damage.faults().keys()


def test_a_journal_with_more_than_the_stores_is_a_loss(whole: Embedded) -> None:
    told = whole.journal.read()
    ledgers = [whole.ledger(part) for part in FOUR]
    assert examine(ledgers, [*told, told[0]]).lost
    assert examine(ledgers, told[1:]).twice


def test_so_many_parked_cases_as_were_expected_are_no_fault() -> None:
    verdict = Verdict(parked=["referral: a case"])
    assert verdict.faults(parked=1) == {}
    assert verdict.faults().keys() == {"parked"}
    assert Verdict().faults(parked=1).keys() == {"parked"}


def doctored(whole: Embedded, service: str, statements: list[str]) -> Verdict:
    """The verdict on the stores with damage in one of them, which is taken back afterwards."""
    ledgers = [whole.ledger(part) for part in FOUR if part.name != service]
    part = next(part for part in FOUR if part.name == service)
    with whole.asking(part) as ask:
        for statement in statements:
            ask(statement)
        ledgers.append(read_ledger(part, ask, whole.kind))
    return examine(ledgers, whole.journal.read())
