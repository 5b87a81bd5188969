"""The decision to go on after a loss: what is marked, what is kept, and what a kill leaves."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from shared.runtime import regaining
from shared.runtime.facts import Refused
from shared.runtime.hold import Held
from shared.runtime.regaining import LOST
from staffetta.installation import open_installation, settle
from tests.backup.people import SHOW, accepted, restored, saved_midway, travelled
from tests.faults.reading import assert_all_was_heard, assert_dense, rows
from tests.wire.relaying import SHELTER, Asking


def test_what_nobody_can_give_back_is_marked_as_lost_and_its_number_is_not_used_again(
    one: str, data: Path
) -> None:
    with closing(open_installation(data)) as installation:
        for store in installation.stores.values():
            with store.transaction(commit=True) as run:
                run("DELETE FROM heard WHERE sender = ?", (one,))
        back, for_good = accepted(installation, one)
        assert (back, for_good > 0) == (0, True)
        settle(installation)
        travelled(Asking(installation))
    assert_dense(data)
    assert_all_was_heard(data)
    marked = rows(data, one, "SELECT COUNT(*) FROM outbox WHERE type = ?", LOST)
    assert marked == [(for_good,)]


def test_the_decision_and_the_restore_stand_in_the_audit_log(one: str, data: Path) -> None:
    with closing(open_installation(data)) as installation:
        back, _for_good = accepted(installation, one)
    entries = [
        json.loads(entry)
        for (entry,) in rows(
            data, one, "SELECT entry FROM audit WHERE stream = 'store' ORDER BY idx"
        )
    ]
    assert [entry["kind"] for entry in entries] == ["restore", "loss"]
    decided = entries[1]
    assert (decided["what"], decided["by"]) == ("a disk broke", "command-line")
    assert (decided["given_back"], bool(decided["lanes"])) == (back, True)


def test_a_decision_that_was_killed_halfway_holds_and_is_made_again(
    one: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with closing(open_installation(data)) as installation, monkeypatch.context() as patched:
        patched.setattr(regaining, "_work_through", killed)
        with pytest.raises(KeyboardInterrupt):
            accepted(installation, one)
    with closing(open_installation(data)) as installation:
        hold = installation.stores[one].hold
        assert hold is not None
        assert (hold.regaining, list(hold.gone)) == (True, [])
        accepted(installation, one)
        assert installation.watch(one).look() is None
        settle(installation)
    assert_dense(data)


def test_a_withdrawal_that_came_back_unreadable_holds_the_service(
    data: Path, tmp_path: Path
) -> None:
    case, _consent, _later = saved_midway(data, tmp_path / "yesterday")
    restored(data, tmp_path / "yesterday", "identification")
    with closing(open_installation(data)) as installation:
        for store in installation.stores.values():
            with store.transaction(commit=True) as run:
                run("UPDATE heard SET data = '{' WHERE sender = 'identification'")
        with pytest.raises(Refused) as refused:
            accepted(installation, "identification")
        assert refused.value.rule == "what-came-back-is-worked-through"
        with pytest.raises(Held):
            Asking(installation).of_a_case(case, SHOW, SHELTER)
    with closing(open_installation(data)) as installation:
        hold = installation.stores["identification"].hold
        assert hold is not None
        assert hold.regaining
