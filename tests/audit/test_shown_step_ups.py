"""A log that is whole and signed, and tells of an act without the second factor that it wants; the
honest log that it was made from; and one that an older version wrote."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.app import app as assistance
from shared.contracts.referral import HandoverCompleted
from staffetta.audit.checks import Terms
from staffetta.audit.step_ups import CHECK
from staffetta.audit.verifying import verify
from tests.assistance.given import CONSENT, REFERRAL
from tests.assistance.hearing import handover, hear
from tests.assistance.test_own_view import printed as printed_there
from tests.audit.doctoring import Doctor, Entries, alone, changed, place
from tests.audit.exported import Exported, exported, unseen
from tests.identification.desk import open_desk
from tests.identification.test_http_emergencies import running
from tests.identification.test_own_view import printed
from tests.referral.relay import open_relay
from tests.referral.test_own_view import printed as way_printed
from tests.support.web import serve

OPENED, OWN_VIEW, NOTES = (
    "case.emergency-opened.v2",
    "case.own-view-shown.v2",
    "programme.own-view-shown.v2",
)
WITHOUT = "done without a second factor of the last five minutes"
OLD_FORM = "in an older form, which does not tell of a second factor"


@contextmanager
def of_identification(place: Path) -> Iterator[Exported]:
    """A case opened in an emergency, and shown to the person."""
    desk = open_desk("sqlite", place)
    case, _emergency = running(desk)
    assert printed(desk, case).status_code == 201
    yield exported(desk.web.store, place / "export")
    desk.web.store.close()


@contextmanager
def of_assistance(place: Path) -> Iterator[Exported]:
    web = serve("sqlite", ASSISTANCE, assistance, place)
    hear(web, HandoverCompleted.type, handover(REFERRAL, CONSENT, "casa-aperta"))
    assert printed_there(web).status_code == 201
    yield exported(web.store, place / "export")
    web.store.close()


@contextmanager
def of_referral(place: Path) -> Iterator[Exported]:
    relay = open_relay("sqlite", place)
    assert way_printed(relay, "pwd", "otp").status_code == 200
    yield exported(relay.web.store, place / "export")
    relay.web.store.close()


def proof(name: str, minutes: float = 0, *factors: str) -> Doctor:
    """The first event of this name was done on proof so long before it."""

    def doctor(entries: Entries) -> None:
        at = datetime.fromisoformat(json.loads(entries[place(entries, name)]["state"])["at"])
        given = {"at": (at - timedelta(minutes=minutes)).isoformat(), "factors": factors}
        changed(name, proof=given)(entries)

    return doctor


def read_by(**told: str) -> Doctor:
    """The read of the person's own view is told otherwise."""

    def doctor(entries: Entries) -> None:
        own = next(entry for entry in entries if entry.get("what") == "the person's own view")
        own.update(told)

    return doctor


@pytest.mark.parametrize("name", [OPENED, OWN_VIEW])
@pytest.mark.parametrize(
    "doctor",
    [
        lambda name: changed(name, proof=None),
        lambda name: proof(name, 6, "otp"),
        lambda name: proof(name, -2, "otp"),
        lambda name: proof(name, 1, "pwd"),
        lambda name: proof(name, 1),
    ],
)
def test_an_act_without_the_proof_that_it_wants_is_named(
    tmp_path: Path, name: str, doctor: Callable[[str], Doctor]
) -> None:
    with of_identification(tmp_path) as export:
        assert WITHOUT in alone(export, doctor(name), CHECK)


def test_notes_that_were_opened_without_it_are_named(tmp_path: Path) -> None:
    with of_assistance(tmp_path) as export:
        assert WITHOUT in alone(export, proof(NOTES, 6, "otp"), CHECK)


@pytest.mark.parametrize(
    "doctor", [read_by(proved_with="pwd"), read_by(proved_at="2026-03-08T21:20:00.000000Z")]
)
def test_a_way_that_was_read_without_it_is_named(tmp_path: Path, doctor: Doctor) -> None:
    with of_referral(tmp_path) as export:
        assert WITHOUT in alone(export, doctor, CHECK)


def test_a_read_in_a_form_that_there_never_was_is_named(tmp_path: Path) -> None:
    with of_referral(tmp_path) as export:
        assert WITHOUT in alone(export, read_by(form="3"), CHECK)


def test_what_is_kept_of_the_proof_is_when_it_was_given_and_how(tmp_path: Path) -> None:
    """And nothing of who gave it: that is in the entry anyway, as their operator's id."""
    with of_identification(tmp_path) as export:
        entries = export.entries()
        state = json.loads(entries[place(entries, OPENED)]["state"])
        assert state["data"]["proof"] == {"at": state["at"], "factors": ["otp"]}
    with of_referral(tmp_path / "referral") as export:
        (read,) = [entry for entry in export.entries() if entry["kind"] == "read"]
        assert (read["proved_at"], read["proved_with"]) == (read["at"], "otp")


def older(entries: Entries) -> None:
    """As the version before wrote them."""
    for entry in entries:
        if entry.get("name") in {OPENED, OWN_VIEW, NOTES}:
            state = json.loads(entry["state"])
            del state["data"]["proof"]
            entry |= {"name": entry["name"].replace(".v2", ".v1"), "state": json.dumps(state)}
        for told in ("form", "proved_at", "proved_with"):
            entry.pop(told, None)


@pytest.mark.parametrize(
    ("log", "count"), [(of_identification, 2), (of_assistance, 1), (of_referral, 1)]
)
def test_what_an_older_version_wrote_passes_and_is_told(
    tmp_path: Path, log: Callable[[Path], AbstractContextManager[Exported]], count: int
) -> None:
    with log(tmp_path) as export:
        export.doctored(older)
        assert export.failed() == {}
        (told,) = [
            check.told
            for check in verify(export.directory, Terms(quorum=0), unseen)
            if check.what == CHECK
        ]
        assert told == f"{count} were recorded by an older version, which did not keep it"


@pytest.mark.parametrize(("days", "faults"), [(0.5, []), (2, [OLD_FORM])])
def test_an_older_form_has_no_place_once_the_log_tells_of_proof(
    tmp_path: Path, days: float, faults: list[str]
) -> None:
    """Else whoever writes by hand would write as the older version did."""

    def doctor(entries: Entries) -> None:
        first, second = place(entries, OPENED), place(entries, OWN_VIEW)
        later = datetime.fromisoformat(json.loads(entries[first]["state"])["at"])
        entry = entries[second]
        state = json.loads(entry["state"]) | {"at": (later + timedelta(days=days)).isoformat()}
        del state["data"]["proof"]
        entry |= {"name": entry["name"].replace(".v2", ".v1"), "state": json.dumps(state)}

    with of_identification(tmp_path) as export:
        export.doctored(doctor)
        failed = export.failed()
        assert [fault.partition(": ")[2] for fault in failed.get(CHECK, [])] == faults
