"""Logs that are whole and signed, and tell of notes, emergencies or addresses that were shown as
they never may be; beside each, the honest log that it was made from."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.app import app as assistance
from shared.codes import DataCategory
from shared.contracts.identification import ConsentWithdrawn
from shared.contracts.referral import HandoverCompleted
from shared.runtime.timers import fire_due
from staffetta.audit.exporting import export as export_all
from tests.assistance.given import CASE, CONSENT, REFERRAL
from tests.assistance.hearing import handover, hear
from tests.assistance.test_disclosing_notes import GIVEN, asked, heard_of
from tests.assistance.test_notes_to_a_class import narrowed, two_of_a_class
from tests.assistance.test_own_view import noted
from tests.audit.exported import Exported, exported, unseen
from tests.audit.test_meaning import Entries, changed, place
from tests.identification.desk import open_desk
from tests.identification.test_http_emergencies import coordinator, judged, looked, running
from tests.referral.relay import open_relay
from tests.referral.test_http_escorting import accepted, told
from tests.support.web import serve

Doctor = Callable[[Entries], None]
NOTES, CONSENTED = "programme.notes-disclosed.v1", "programme.consent-noted.v1"
KIND = "programme.organisation-heard.v1"
OPENED, LOOKED, JUDGED = (
    "case.emergency-opened.v1",
    "case.emergency-looked.v1",
    "case.emergency-reviewed.v1",
)
TOLD = "referral.address-released.v1"


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Exported]:
    """Heard of a consent, shown under it, heard of its withdrawal."""
    web = serve("sqlite", ASSISTANCE, assistance, tmp_path)
    hear(web, HandoverCompleted.type, handover(REFERRAL, CONSENT, "casa-aperta"))
    noted(web)
    heard_of(web, DataCategory.HEALTH)
    assert asked(web).status_code == 201
    withdrawn = ConsentWithdrawn(case=CASE, consent=GIVEN)
    hear(web, ConsentWithdrawn.type, withdrawn.model_dump(mode="json"))
    yield exported(web.store, tmp_path / "export")
    web.store.close()


@pytest.fixture
def to_class(tmp_path: Path) -> Iterator[Exported]:
    """Shown under a consent to a class, to one of those that the directory had told of."""
    web = serve("sqlite", ASSISTANCE, assistance, tmp_path)
    hear(web, HandoverCompleted.type, handover(REFERRAL, CONSENT, "casa-aperta"))
    two_of_a_class(web)
    assert asked(web).status_code == 201
    narrowed(web, "clinica", DataCategory.HEALTH)
    yield exported(web.store, tmp_path / "export")
    web.store.close()


@pytest.fixture
def emergency(tmp_path: Path) -> Iterator[Exported]:
    """Opened, looked at, and judged by somebody else."""
    desk = open_desk("sqlite", tmp_path)
    case, name = running(desk)
    assert looked(desk, case, name).status_code == 201
    assert judged(desk, case, name, coordinator(desk)).status_code == 200
    yield exported(desk.web.store, tmp_path / "export")
    desk.web.store.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Exported]:
    """Accepted, an escort named, and told where to go."""
    relay = open_relay("sqlite", tmp_path)
    assert told(relay, accepted(relay)).status_code == 201
    yield exported(relay.web.store, tmp_path / "export")
    relay.web.store.close()


def at(name: str, moment: str) -> Doctor:
    """The first event of this name happened then."""

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, name)]
        entry["state"] = json.dumps(json.loads(entry["state"]) | {"at": moment})

    return doctor


def by(name: str, organisation: str) -> Doctor:
    """The first event of this name was another organisation's doing."""

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, name)]
        entry["state"] = json.dumps(json.loads(entry["state"]) | {"org": organisation})

    return doctor


def shown_to(organisation: str) -> Doctor:
    """Another organisation asked for the notes, and was shown them."""

    def doctor(entries: Entries) -> None:
        changed(NOTES, recipient=organisation)(entries)
        by(NOTES, organisation)(entries)

    return doctor


def without(name: str) -> Doctor:
    """The first event of this name never happened; what follows it in its stream moves up."""

    def doctor(entries: Entries) -> None:
        gone = entries.pop(place(entries, name))
        for entry in entries:
            if entry.get("stream") == gone["stream"] and entry.get("version", 0) > gone["version"]:
                entry["version"] -= 1

    return doctor


def later(name: str, after: str) -> Doctor:
    """The first event of the one name comes right after the first of the other."""

    def doctor(entries: Entries) -> None:
        moved = entries.pop(place(entries, name))
        entries.insert(place(entries, after) + 1, moved)
        of_stream = [entry for entry in entries if entry.get("stream") == moved["stream"]]
        events = [entry for entry in of_stream if entry["kind"] == "event"]
        for version, entry in enumerate(events, 1):
            entry["version"] = version

    return doctor


def alone(export: Exported, doctor: Doctor, check: str) -> str:
    """The one fault of the doctored log, which is found by this check."""
    assert export.failed() == {}
    export.doctored(doctor)
    failed = export.failed()
    assert list(failed) == [check]
    (fault,) = failed[check]
    return fault.partition(": ")[2]


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(NOTES, consent="0" * 32), "under a consent that nobody had heard of"),
        (without("programme.consent-noted.v1"), "under a consent that nobody had heard of"),
        (later(NOTES, "programme.withdrawal-noted.v1"), "after their consent was over"),
        (at(NOTES, "2031-01-01T00:00:00+00:00"), "after their consent was over"),
        (changed(CONSENTED, recipient="porto"), "to another organisation than their consent names"),
        (by(NOTES, "porto"), "to another organisation than the one that asked"),
        (changed(NOTES, purpose="return"), "for another purpose than their consent allows"),
        (changed(NOTES, categories=["health", "narrative"]), "of more categories than"),
    ],
)
def test_notes_that_no_consent_opens_are_named(notes: Exported, doctor: Doctor, fault: str) -> None:
    assert fault in alone(notes, doctor, "notes shown under a live consent")


@pytest.mark.parametrize(
    "doctor",
    [
        shown_to("porto"),
        shown_to("nuova"),
        changed(CONSENTED, recipient_class="ngo"),
        changed(CONSENTED, recipient_class=None),
        changed(KIND, kind="ngo"),
        without(KIND),
        later(KIND, NOTES),
        changed(CONSENTED, recipient="clinica", recipient_class=None),
    ],
)
def test_notes_shown_to_none_of_the_class_are_named(to_class: Exported, doctor: Doctor) -> None:
    fault = alone(to_class, doctor, "notes shown under a live consent")
    assert "to another organisation than their consent names" in fault


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(OPENED, ends_at="2031-01-01T00:00:00Z"), "an emergency of more than an hour"),
        (
            changed(OPENED, review_by="2031-01-01T00:00:00Z"),
            "an emergency that was to be judged later than within a day",
        ),
        (changed(LOOKED, emergency="0" * 32), "a look in an emergency that nobody had opened"),
        (at(LOOKED, "2031-01-01T00:00:00+00:00"), "a look after the emergency had ended"),
        (later(LOOKED, JUDGED), "a look after the emergency had ended"),
        (changed(OPENED, operator="op-3"), "a look by somebody else than who had opened"),
        (changed(OPENED, organisation="porto"), "a look by somebody else than who had opened"),
        (changed(JUDGED, reviewer="op-2"), "an emergency was judged by who had opened it"),
        (changed(JUDGED, emergency="0" * 32), "an emergency was judged that nobody had opened"),
        (at(JUDGED, "2031-01-01T00:00:00+00:00"), "judged too late, and no alarm tells of it"),
    ],
)
def test_an_emergency_that_breaks_its_bounds_is_named(
    emergency: Exported, doctor: Doctor, fault: str
) -> None:
    assert fault in alone(emergency, doctor, "emergencies used by who opened them")


def test_an_emergency_that_was_judged_late_is_none_where_an_alarm_told_of_it(
    tmp_path: Path,
) -> None:
    desk = open_desk("sqlite", tmp_path)
    case, name = running(desk)
    desk.web.clock.now += timedelta(hours=25)
    fire_due(desk.web.store, desk.web.clock(), lambda: "0" * 32)
    assert judged(desk, case, name, coordinator(desk)).status_code == 200
    export = exported(desk.web.store, tmp_path / "export")
    fault = alone(
        export, without("case.emergency-review-overdue.v1"), "emergencies used by who opened them"
    )
    assert "judged too late, and no alarm tells of it" in fault
    desk.web.store.close()


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(TOLD, shelter="porto"), "of a shelter that had not accepted"),
        (without("referral.accepted.v1"), "of a shelter that had not accepted"),
        (changed("referral.escort-named.v1", operator="op-8"), "who was not named as the escort"),
        (changed("referral.escort-named.v1", organisation="porto"), "not named as the escort"),
        (by(TOLD, "porto"), "to somebody else than who had asked"),
        (without("referral.escort-named.v1"), "to somebody who was not named as the escort"),
        (changed("referral.proposed.v1", consent="0" * 32), "under another consent than its"),
        (at(TOLD, "2031-01-01T00:00:00+00:00"), "without a live consent"),
    ],
)
def test_an_address_that_nobody_should_have_been_told_is_named(
    address: Exported, doctor: Doctor, fault: str
) -> None:
    assert fault in alone(address, doctor, "addresses told to named escorts")


def test_an_address_that_is_told_once_the_referral_is_over_is_named(tmp_path: Path) -> None:
    relay = open_relay("sqlite", tmp_path)
    referral = accepted(relay)
    assert told(relay, referral).status_code == 201
    relay.did(referral, ("withdrawal", "hotline"))
    export = exported(relay.web.store, tmp_path / "export")
    fault = alone(export, later(TOLD, "referral.withdrawn.v1"), "addresses told to named escorts")
    assert "where nobody is awaited any more" in fault
    relay.web.store.close()


def test_an_emergency_that_everybody_forgot_is_named(tmp_path: Path) -> None:
    def progress(_name: str) -> Callable[[int, int], None]:
        return unseen

    desk = open_desk("sqlite", tmp_path)
    running(desk)
    forgotten = "an emergency that nobody judged, and no alarm tells of it"
    told = {"emergencies judged, or told as overdue": [forgotten]}
    for days, failed in ((1, {}), (3, told)):
        at = int((desk.web.clock() + timedelta(days=days)).timestamp())
        export = Exported(tmp_path / f"export-{days}", desk.web.store)
        export_all({"identification": desk.web.store}, export.directory, partial(int, at), progress)
        assert export.failed() == failed
    desk.web.store.close()
