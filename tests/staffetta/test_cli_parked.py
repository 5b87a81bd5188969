"""`staffetta parked` on both stores: the directory of an installation, and the database that the
environment names. The messages are faulty in the way in which a real one could be."""

from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from shared.trust.key_file import keys_in_file
from staffetta.installation import open_installation
from staffetta.tracing import trace_across
from tests.staffetta.conftest import Ask
from tests.staffetta.parking import Place, cannot_yet
from tests.staffetta.processes import Ended, staffetta
from tests.support.stores import new_database

CASE, OTHER = "case-" + 32 * "a", "case-" + 32 * "b"


@pytest.fixture
def place(kind: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    open_installation(data).close()
    if kind == "sqlite":
        return Place(data, None, ("--data", str(data)))
    place = Place(data, new_database(), ())
    monkeypatch.setenv("STAFFETTA_SERVICE", "referral")
    monkeypatch.setenv("STAFFETTA_POSTGRES", make_conninfo(**vars(place.database)))
    monkeypatch.setenv("STAFFETTA_KEYS", str(data / "keys"))
    place.open().close()
    return place


def nothing_personal(said: Ended) -> None:
    assert "Rosa" not in said.out + said.err


def test_where_nothing_waits_it_is_said(ask: Ask, place: Place) -> None:
    said = ask("parked", "list", *place.words)
    assert (said.code, said.out, said.err) == (0, "Nothing is parked.\n", "")


def test_the_list_has_a_line_for_each_case(ask: Ask, place: Place) -> None:
    place.hear(place.unreadable(CASE), place.opened(CASE), place.unreadable(OTHER))
    said = ask("parked", "list", *place.words)
    lines = [line.split() for line in said.out.splitlines()]
    assert (said.code, said.err) == (0, "")
    assert sorted(lines[1:]) == [
        ["referral", CASE, "identification", "2", "ValidationError"],
        ["referral", OTHER, "identification", "1", "ValidationError"],
    ]
    nothing_personal(said)


def test_a_case_is_shown_in_order_and_without_what_was_said(ask: Ask, place: Place) -> None:
    first, second = place.unreadable(CASE), place.opened(CASE)
    place.hear(first, second)
    said = ask("parked", "show", CASE, *place.words)
    lines = said.out.splitlines()[1:]
    assert [line.split()[2] for line in lines] == [first.id, second.id]
    assert [line.split()[-1] for line in lines] == ["ValidationError", "waits"]
    nothing_personal(said)


@pytest.mark.parametrize("what", ["show", "replay"])
def test_a_case_of_which_nothing_waits_is_a_no(ask: Ask, place: Place, what: str) -> None:
    said = ask("parked", what, CASE, *place.words)
    assert (said.code, said.out) == (1, "")
    assert said.err == "Nothing of this case is parked here.\n"


def test_a_replay_after_the_cause_is_mended(ask: Ask, place: Place) -> None:
    place.hear(place.opened(CASE), place.opened(OTHER), react=cannot_yet)
    said = ask("parked", "replay", CASE, *place.words)
    assert (said.code, said.out) == (0, "Applied: 1. Still waiting: 0.\n")
    assert (place.has_begun(CASE), place.has_begun(OTHER)) == (True, False)
    assert len(place.left()) == 1


def test_a_replay_that_still_fails_is_a_no(ask: Ask, place: Place) -> None:
    first, second = place.unreadable(CASE), place.opened(CASE)
    place.hear(first, second)
    said = ask("parked", "replay", CASE, *place.words)
    assert (said.code, said.out) == (1, "Applied: 0. Still waiting: 2.\n")
    assert place.left() == [first.id, second.id]
    nothing_personal(said)


def test_what_waits_behind_a_discarded_message_is_applied(ask: Ask, place: Place) -> None:
    first = place.unreadable(CASE)
    place.hear(first, place.opened(CASE))
    said = ask("parked", "discard", first.id, "--why", "sent by a test system", *place.words)
    assert (said.code, said.err) == (0, "")
    assert said.out == "Given up. Applied of what waited behind it: 1. Still waiting: 0.\n"
    assert place.left() == []
    assert place.has_begun(CASE)


def test_what_waits_behind_another_cannot_be_discarded(ask: Ask, place: Place) -> None:
    first, second = place.unreadable(CASE), place.opened(CASE)
    place.hear(first, second)
    said = ask("parked", "discard", second.id, "--why", "in a hurry", *place.words)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"It waits behind another one of its case: {first.id}\n"
    assert place.left() == [first.id, second.id]


@pytest.mark.parametrize("words", [(), ("--why", ""), ("--why", "  "), ("--why", 201 * "x")])
def test_nothing_is_discarded_without_a_reason(
    ask: Ask, place: Place, words: tuple[str, ...]
) -> None:
    first = place.unreadable(CASE)
    place.hear(first)
    said = ask("parked", "discard", first.id, *words, *place.words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("--why: ")
    assert place.left() == [first.id]


def test_a_message_that_is_not_there_is_a_no(ask: Ask, place: Place) -> None:
    said = ask("parked", "discard", "rosa-bianchi", "--why", "gone already", *place.words)
    assert (said.code, said.err) == (1, "No such message is parked here.\n")


def test_the_reason_is_in_the_trace_of_the_case(ask: Ask, data: Path) -> None:
    open_installation(data).close()
    place = Place(data, None, ("--data", str(data)))
    first = place.unreadable(CASE)
    place.hear(first)
    said = ask("parked", "discard", first.id, "--why", "sent by a test  system", *place.words)
    assert said.code == 0
    installation = open_installation(data)
    (line,) = [line for line in trace_across(installation, CASE) if line.kind == "discard"]
    installation.close()
    assert line.what.endswith(f"case-opened.v1 {first.number}: sent by a test system")
    assert line.operator == "command-line"


def test_keys_that_are_gone_and_a_database_that_is_away_are_told(
    ask: Ask, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFFETTA_SERVICE", "referral")
    monkeypatch.setenv("STAFFETTA_KEYS", str(data))
    monkeypatch.setenv("STAFFETTA_POSTGRES", "postgresql://x:rosa-bianchi@127.0.0.1:1/x")
    refused = ask("parked", "list")
    assert (refused.code, refused.out, data.exists()) == (2, "", False)
    assert refused.err == "STAFFETTA_KEYS: referral.keys.sqlite is not there\n"
    keys_in_file(data / "referral.keys.sqlite").close()
    refused = ask("parked", "list")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("STAFFETTA_POSTGRES: ")
    assert "rosa" not in refused.err


def test_as_a_process_of_its_own(place: Place) -> None:
    first = place.unreadable(CASE)
    place.hear(first)
    said = staffetta("parked", "show", CASE, *place.words)
    assert (said.code, said.err) == (0, "")
    assert first.id in said.out
    nothing_personal(said)
