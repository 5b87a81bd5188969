"""An older backup of a service whose audit log the others have witnessed."""

from contextlib import closing
from pathlib import Path

import pytest

from shared.runtime.hold import Held
from shared.runtime.witnessing import Found, StoreLog, StoreMemory, witness
from staffetta.backup.embedded import save
from staffetta.installation import Installation, open_installation, running, seconds
from tests.audit.exported import Exported, cosigned, exported
from tests.audit.test_cli_audit import asked
from tests.backup.people import NAMES, accepted, restored
from tests.support.threads import wait_until
from tests.wire.relaying import Asking, met

IDENTIFICATION = "identification"


def saw(data: Path, tmp_path: Path) -> None:
    """A backup, after which somebody read something: nothing that the outbox would tell of."""
    with closing(open_installation(data)) as installation:
        asking = Asking(installation)
        met(asking)
        asking.heard()
        save(data, NAMES, tmp_path / "yesterday")
        store = installation.stores[IDENTIFICATION]
        with store.transaction(commit=True) as run:
            run("UPDATE audit_head SET size = size + 1")
            run(
                "INSERT INTO audit SELECT size - 1, ?, 's', NULL, '{}' FROM audit_head",
                (b"\x07" * 32,),
            )
        cosigned(installation.stores.values(), seconds())


def all_of(installation: Installation, directory: Path) -> Exported:
    stores = [installation.stores[name] for name in NAMES]
    return exported(stores[0], directory, *stores[1:])


def witnessed_by_all(installation: Installation) -> bool:
    stores = installation.stores.values()
    return all(
        len(store.rows("SELECT DISTINCT name FROM cosignatures")) == len(NAMES) - 1
        for store in stores
    )


def test_services_of_one_process_cosign_each_other_while_they_run(data: Path) -> None:
    with closing(open_installation(data)) as installation:
        asking = Asking(installation)
        met(asking)
        asking.heard()
        with running(installation):
            store = installation.stores[IDENTIFICATION]
            wait_until(store.wake, lambda: witnessed_by_all(installation))


def test_a_log_that_its_witnesses_saw_longer_holds_the_service(data: Path, tmp_path: Path) -> None:
    saw(data, tmp_path)
    restored(data, tmp_path / "yesterday", IDENTIFICATION)
    with closing(open_installation(data)) as installation:
        store = installation.stores[IDENTIFICATION]
        assert store.hold is not None
        assert store.hold.log is not None
        assert not store.hold.gone
        with pytest.raises(Held):
            met(Asking(installation))
        for name in set(NAMES) - {IDENTIFICATION}:
            assert installation.stores[name].hold is None


def test_the_backup_of_all_four_fits_what_they_witnessed_then(data: Path, tmp_path: Path) -> None:
    saw(data, tmp_path)
    restored(data, tmp_path / "yesterday")
    with closing(open_installation(data)) as installation:
        assert [store.hold for store in installation.stores.values()] == [None] * 4


def test_a_later_backup_that_reaches_what_was_seen_goes_on(data: Path, tmp_path: Path) -> None:
    saw(data, tmp_path)
    save(data, NAMES, tmp_path / "today")
    restored(data, tmp_path / "yesterday", IDENTIFICATION)
    restored(data, tmp_path / "today", IDENTIFICATION)
    with closing(open_installation(data)) as installation:
        assert installation.stores[IDENTIFICATION].hold is None
        met(Asking(installation))
        cosigned(installation.stores.values(), seconds())


def test_after_an_accepted_loss_it_is_witnessed_anew_and_an_auditor_sees_it(
    data: Path, tmp_path: Path
) -> None:
    saw(data, tmp_path)
    with closing(open_installation(data)) as installation:
        kept = all_of(installation, tmp_path / "kept")
    restored(data, tmp_path / "yesterday", IDENTIFICATION)
    with closing(open_installation(data)) as installation:
        accepted(installation, IDENTIFICATION)
        met(Asking(installation))
        cosigned(installation.stores.values(), seconds())
        stores = installation.stores
        memory = StoreMemory(stores["referral"])
        log = StoreLog(stores[IDENTIFICATION], "referral")
        assert witness(memory, log, seconds) is Found.NOTHING_NEW
        after = all_of(installation, tmp_path / "after")
    assert after.failed(quorum=3) == {}
    told = after.failed(saved=kept.directory)
    assert list(told) == ["consistency with the checkpoint you kept"]


def test_the_operator_is_told_and_decides(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saw(data, tmp_path)
    restored(data, tmp_path / "yesterday", IDENTIFICATION)
    where = ("--data", str(data))
    told = asked(capsys, "lost", "list", *where)
    assert told.code == 1
    assert "identification: its audit log has" in told.out
    done = asked(capsys, "lost", "accept", "--why", "a disk broke", *where)
    assert (done.code, "identification: its audit log goes on under a new name" in done.out) == (
        0,
        True,
    )
    assert asked(capsys, "lost", "list", *where).code == 0
