"""A full run in a process of its own, a marker in every protected field: all are sealed.

Where one could lie: the stores and their outboxes, what is said, traces, error bodies, backups,
exports, temporary files, and what is left when the process is killed in the middle.
"""

import ctypes
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from shared.trust.keys import DestroyedKey
from staffetta.four import FOUR
from staffetta.installation import open_installation
from staffetta.journey.looking import COORDINATOR, TAKES, Journey
from staffetta.stores import key_file, store_file
from tests.canaries.asking import wrong_answers
from tests.canaries.planting import ALL, CANARIES, NOBODYS, Field, planted, protected_fields
from tests.canaries.served import (
    Caught,
    journey,
    opened,
    sealed_fields,
    serving,
    spoiled_key,
    token_of,
    wrapped_keys,
)
from tests.staffetta.processes import staffetta
from tests.support.collector import collecting
from tests.support.spellings import files_under, shown_in

pytestmark = pytest.mark.timeout(300)
NAMES = [part.name for part in FOUR]
WANTED = {"purpose": "referral", "categories": ["identity", "contact", "narrative"]}


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caught]:
    """A run that was served, asked wrongly, failed in the middle of opening, and was killed."""
    with collecting() as collector:
        run = Caught(tmp_path_factory.mktemp("canaries"), collector)
        with serving(run) as (running, http):
            on = journey(run, http)
            planted(on)
            run.case = on.case
            by = token_of(run.data, COORDINATOR)
            run.answers += wrong_answers(http, by, run.case, ALL[0])
            _fails_while_opening(run, on)
            for words in (
                ("backup", run.home / "backup"),
                ("audit", "export", run.home / "export"),
            ):
                run.said.append(staffetta(*words, "--data", run.data))
            time.sleep(1)  # the collector is told every fifth of a second
            run.said.append(running.stop(signal.SIGABRT))
        yield run


def _fails_while_opening(run: Caught, on: Journey) -> None:
    """What is told and how to be reached are open by then; the identity is not."""
    headers = {"Authorization": f"Bearer {token_of(run.data, TAKES)}", "Idempotency-Key": "k-1"}
    with spoiled_key(run.data, "identification", run.case, "identity"):
        broken = on.net.http.post(f"{on.here}/disclosures", json=WANTED, headers=headers)
    assert broken.status_code == 500
    run.answers.append(broken)


def test_every_protected_field_has_a_canary() -> None:
    assert set(CANARIES) == protected_fields(), "plant one for the new field in planting.py"


def test_every_canary_is_sealed_where_it_belongs(caught: Caught) -> None:
    installation = open_installation(caught.data)
    found: dict[Field, str] = {}
    for store in installation.stores.values():
        for recorded, name in sealed_fields(store):
            place = (recorded.event.stored_name, name)
            found[place] = found.get(place, "") + opened(store, recorded, name)
    installation.close()
    for place, words in CANARIES.items():
        assert all(canary in found[place] for canary in words.values()), place


def test_no_file_holds_one(caught: Caught) -> None:
    files = files_under(caught.home)
    names = {path.name for path in files}
    assert {"identification.sqlite", "assistance.sqlite", "entries.jsonl"} <= names
    assert any(path.parent.name == "backup" or "backup" in path.parts for path in files)
    case = caught.case.encode()
    assert any(case in path.read_bytes() for path in files if path.name == "entries.jsonl")
    assert {path.name: shown for path in files if (shown := shown_in(path.read_bytes(), ALL))} == {}


def test_nothing_said_holds_one_though_it_broke_and_was_killed(caught: Caught) -> None:
    *commands, killed = caught.said
    assert [ended.code for ended in commands] == [0, 0]
    assert killed.code == -signal.SIGABRT
    assert '"error": "CannotUnwrap"' in killed.err
    assert "Fatal Python error: Aborted" in killed.err, "the dump that is looked at"
    for ended in caught.said:
        assert shown_in((ended.out + ended.err).encode(), ALL) == []


def test_no_core_file_is_left(caught: Caught) -> None:
    assert files_under(caught.place("cwd")) == []
    assert files_under(caught.place("temporary")) == []


def test_no_trace_holds_one(caught: Caught) -> None:
    sent = b"".join(caught.collector.raw)
    assert b"command RecordIdentity" in sent
    assert shown_in(sent, ALL) == []


def test_no_wrong_request_is_repeated_in_its_answer(caught: Caught) -> None:
    assert len(caught.answers) > 300
    statuses = {answer.status_code for answer in caught.answers[:-1]}
    assert {400, 401, 404, 415, 422} <= statuses
    told = [
        (answer.request.method, answer.status_code, answer.text)
        for answer in caught.answers
        if shown_in(answer.content + repr(answer.headers).encode(), ALL)
    ]
    assert told == []
    assert max(statuses) < 500, "none of them broke anything"


def test_after_an_erasure_and_compaction_nothing_opens_and_no_key_is_left(caught: Caught) -> None:
    """The last of this file: what was planted is gone after it."""
    before = {name: wrapped_keys(caught.data, name) for name in NAMES}
    with serving(caught) as (running, http):
        on = journey(caught, http)
        on.case = caught.case
        on.net.post(COORDINATOR, f"{on.here}/erasure", {"ground": "consent-withdrawn"})
        ends = time.monotonic() + 60
        while not on.net.get(COORDINATOR, f"{on.here}/erasure")["completed_at"]:
            assert time.monotonic() < ends, "not completed in time"
            time.sleep(0.1)
        caught.said.append(running.stop(signal.SIGTERM))
    for name in NAMES:
        for file in (store_file(caught.data, name), key_file(caught.data, name)):
            with closing(sqlite3.connect(file)) as database:
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _nothing_opens(caught)
    raw = b"".join(path.read_bytes() for path in files_under(caught.data))
    gone = {
        key
        for name in NAMES
        for at, key in before[name].items()
        if at not in wrapped_keys(caught.data, name)
    }
    classes = {of for name in NAMES for subject, of in before[name] if subject == caught.case}
    assert classes >= {"identity", "contact", "narrative", "health", "root"}
    assert len(gone) >= len(classes) + 2, "of the case in two services, and of its contact"
    assert not [key for key in gone if key in raw]
    assert shown_in(raw, ALL) == []


def _nothing_opens(caught: Caught) -> None:
    installation = open_installation(caught.data)
    identification = installation.stores["identification"]
    assert identification.rows("SELECT key FROM likenesses") == []
    tried = 0
    for store in installation.stores.values():
        for recorded, name in sealed_fields(store):
            if (recorded.event.stored_name, name) in NOBODYS:
                continue
            tried += 1
            with pytest.raises(DestroyedKey):
                opened(store, recorded, name)
    assert tried >= len(CANARIES) - len(NOBODYS)
    installation.close()


def test_a_process_of_ours_leaves_no_picture_of_its_memory() -> None:
    """Linux hands a dump to a program, whatever the limit, unless the process forbids it."""
    asked = "ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)"
    told = "import ctypes; from staffetta.undumped import never_dumped; never_dumped()"
    code = f"{told}; raise SystemExit({asked})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 1, "as other processes are"
