"""An older backup of one service beside three that saw more of it."""

import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.codes import Role
from shared.runtime.arrived import CannotHeal
from shared.runtime.facts import Refused
from shared.runtime.hold import Held
from shared.runtime.outbox import StoreOutbox
from shared.runtime.regaining import losses
from shared.trust.tokens import Bearer, issue
from staffetta.installation import Installation, now, open_installation, running, settle
from staffetta.serving import together
from tests.backup.people import NAMES, SHOW, TELLS, accepted, restored, saved_midway, travelled
from tests.faults.reading import assert_all_was_heard, assert_dense, rows
from tests.support.threads import wait_until
from tests.wire.relaying import SHELTER, Asking


def told(installation: Installation, name: str) -> Mapping[tuple[str, int], list[str]]:
    """The ids of a service's outbox, lane by lane."""
    outbox = StoreOutbox(installation.stores[name])
    return {
        (topic, lane): [row.id for row in outbox.rows(topic, lane, 0, 1_000)]
        for topic, lanes in installation.stores[name].service.topics.items()
        for lane in range(lanes)
    }


def test_it_says_which_numbers_others_saw_and_what_they_can_give_back(one: str, data: Path) -> None:
    with closing(open_installation(data)) as installation:
        watch = installation.watch(one)
        hold, lost = losses(watch.store, watch.hearers)
        assert lost
        assert {each.for_good for each in lost} == {0}
        assert watch.store.hold is not None
        assert hold.words == watch.store.hold.words
        for name in NAMES:
            assert (installation.stores[name].hold is not None) == (name == one)
    with closing(open_installation(data)) as again:
        assert again.stores[one].hold is not None, "nobody has decided meanwhile"


COMMANDS = {
    "identification": "/contacts",
    "referral": "/organisations",
    "assistance": f"/cases/case-{'c' * 32}/programmes/{'a' * 32}/closure",
}


def test_commands_are_refused_and_reads_go_on(one: str, data: Path) -> None:
    with closing(open_installation(data)) as installation:
        lanes = told(installation, one)
        client = TestClient(together(installation))
        read = {"Authorization": f"Bearer {token(installation)}"}
        refused = client.post(
            f"/{one}{COMMANDS[one]}", json={}, headers=read | {"Idempotency-Key": "k-1"}
        )
        assert refused.status_code == 503, refused.text
        assert refused.json()["rule"] == "what-others-saw-is-not-overwritten"
        assert "staffetta lost" in refused.json()["detail"]
        assert client.get(f"/{one}/positions", headers=read).status_code == 200
        readiness = client.get(f"/{one}/health/ready")
        assert readiness.status_code == 503
        assert "staffetta lost list" in readiness.json()["checks"]["database"]
        with pytest.raises((Held, CannotHeal)):
            settle(installation)
        assert told(installation, one) == lanes


def test_nothing_is_written_while_it_is_held_and_it_goes_on_when_somebody_decided(
    one: str, data: Path
) -> None:
    """As it runs: its inbox, its timers, and another process that decides."""
    with closing(open_installation(data)) as installation, running(installation):
        store = installation.stores[one]
        lanes, facts = told(installation, one), store.rows(FACTS)
        store.timers_wake.up()
        time.sleep(1.5)
        assert (told(installation, one), store.rows(FACTS)) == (lanes, facts)
        with closing(open_installation(data)) as other:
            accepted(other, one)
        wait_until(store.wake, lambda: store.hold is None)
        wait_until(store.wake, lambda: _all_heard(data))
    assert_dense(data)


FACTS = "SELECT COUNT(*) AS count FROM stored_events"


def _all_heard(data: Path) -> bool:
    try:
        assert_all_was_heard(data)
    except AssertionError:
        return False
    return True


def token(installation: Installation) -> str:
    bearer = Bearer("op-1", "regione", frozenset({Role.COORDINATOR}))
    return issue(installation.key, bearer, now(), timedelta(minutes=5))


def test_what_others_saw_comes_back_word_for_word_and_it_goes_on_after_it(
    data: Path, tmp_path: Path
) -> None:
    saved_midway(data, tmp_path / "yesterday")
    with closing(open_installation(data)) as installation:
        before = {name: told(installation, name) for name in TELLS}
    for name in TELLS:
        restored(data, tmp_path / "yesterday", name)
        with closing(open_installation(data)) as installation:
            back, for_good = accepted(installation, name)
            assert (back > 0, for_good) == (True, 0)
            after = told(installation, name)
            for lane, ids in before[name].items():
                assert after[lane][: len(ids)] == ids
            settle(installation)
            travelled(Asking(installation))
            before = {each: told(installation, each) for each in TELLS}
        assert_dense(data)
        assert_all_was_heard(data)


def test_a_service_that_tells_nothing_heals_by_itself(data: Path, tmp_path: Path) -> None:
    saved_midway(data, tmp_path / "yesterday")
    counted = rows(data, "observatory", "SELECT * FROM facts ORDER BY key")
    restored(data, tmp_path / "yesterday", "observatory")
    assert rows(data, "observatory", "SELECT * FROM facts ORDER BY key") != counted
    with closing(open_installation(data)) as installation:
        assert installation.stores["observatory"].hold is None
        settle(installation)
    assert rows(data, "observatory", "SELECT * FROM facts ORDER BY key") == counted
    assert_all_was_heard(data)


def test_a_withdrawn_consent_is_withdrawn_again_before_anybody_is_shown_anything(
    data: Path, tmp_path: Path
) -> None:
    case, _consent, _later = saved_midway(data, tmp_path / "yesterday")
    restored(data, tmp_path / "yesterday", "identification")
    with closing(open_installation(data)) as installation:
        asking = Asking(installation)
        with pytest.raises(Held):
            asking.of_a_case(case, SHOW, SHELTER)
        accepted(installation, "identification")
        with pytest.raises(Refused) as refused:
            asking.of_a_case(case, SHOW, SHELTER)
        assert refused.value.rule == "a-disclosure-rests-on-a-live-consent"
        settle(installation)
    assert_dense(data)


def test_the_backup_of_all_four_fits_together_and_nothing_is_held(
    data: Path, tmp_path: Path
) -> None:
    case, _consent, _later = saved_midway(data, tmp_path / "yesterday")
    restored(data, tmp_path / "yesterday")
    with closing(open_installation(data)) as installation:
        assert [store.hold for store in installation.stores.values()] == [None] * 4
        Asking(installation).of_a_case(case, SHOW, SHELTER)
        settle(installation)
        travelled(Asking(installation))
    assert_dense(data)
    assert_all_was_heard(data)
