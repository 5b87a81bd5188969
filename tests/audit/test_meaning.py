"""A log that is whole and signed, and yet tells of something that must never happen."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.codes import Role
from tests.audit.doctoring import Entries, changed, place
from tests.audit.exported import Exported, exported
from tests.identification.desk import open_desk
from tests.identification.given import DISCLOSE, WITHDRAW

CONSENT, SHOWN = "case.consent-given.v2", "case.dossier-disclosed.v1"
MEANING = "disclosures under a live consent"


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Exported]:
    """Shown, shown again, and then withdrawn."""
    desk = open_desk("sqlite", tmp_path)
    case, consent = desk.consented()
    for _time in range(2):
        shelter = desk.by("casa-aperta", Role.PROVIDER_INTAKE)
        assert desk.ask(case, DISCLOSE, shelter, key="k-1").status_code == 201
    desk.done(case, WITHDRAW, consent=consent)
    yield exported(desk.web.store, tmp_path / "export")
    desk.web.store.close()


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(SHOWN, consent="0" * 32), "a disclosure without a live consent"),
        (changed(SHOWN, purpose="return"), "a disclosure for another purpose than"),
        (changed(SHOWN, categories=["identity", "health"]), "a disclosure of more than"),
        (changed(SHOWN, recipient="porto"), "a disclosure to another organisation than"),
        (changed(CONSENT, recipient="porto"), "a disclosure to another organisation than"),
        (changed(CONSENT, valid_until="2026-03-08T21:00:00Z"), "a disclosure after its consent"),
    ],
)
def test_a_disclosure_that_no_consent_covers_is_named(
    export: Exported, doctor: Callable[[Entries], None], fault: str
) -> None:
    assert export.failed() == {}
    export.doctored(doctor)
    failed = export.failed()
    assert list(failed) == [MEANING]
    assert fault in failed[MEANING][0]


def test_a_disclosure_after_the_withdrawal_is_named(export: Exported) -> None:
    def after(entries: Entries) -> None:
        shown = entries.pop(place(entries, SHOWN))
        withdrawn = place(entries, "case.consent-withdrawn.v1")
        entries[withdrawn]["version"], shown["version"] = shown["version"], shown["version"] + 1
        entries.insert(withdrawn + 1, shown)

    export.doctored(after)
    assert list(export.failed()) == [MEANING]


def test_a_dossier_shown_again_needs_a_live_consent_too(export: Exported) -> None:
    def elsewhere(entries: Entries) -> None:
        again = next(entry for entry in entries if entry.get("what") == "the dossier again")
        again["consent"] = "0" * 32

    export.doctored(elsewhere)
    assert list(export.failed()) == [MEANING]


def test_a_version_that_is_left_out_is_named(export: Exported) -> None:
    export.doctored(lambda entries: entries.pop(place(entries, "case.information-given.v1")))
    failed = export.failed()
    assert list(failed) == ["dense versions"]
    assert "where 2 comes next" in failed["dense versions"][0]


def test_an_entry_of_another_service_is_named(export: Exported) -> None:
    export.doctored(lambda entries: entries[0].update(service="referral"))
    assert export.failed() == {"entries": ["entry 0 is of another service"]}


def test_an_entry_that_nobody_can_read_is_named(export: Exported) -> None:
    export.doctored(lambda entries: entries[place(entries, CONSENT)].update(state="{}"))
    number = place(export.entries(), CONSENT)
    assert export.failed()["entries"] == [f"entry {number} is not one that this version can read"]


def test_an_erasure_that_nobody_attested_is_named(export: Exported) -> None:
    def erased(entries: Entries) -> None:
        """What is in a log that says so, as `verify` reads it."""
        case = entries[place(entries, "case.consent-withdrawn.v1")]["stream"]
        last = [entry for entry in entries if entry.get("stream") == case][-1]
        for name in ("case.erasure-requested.v1", "case.erasure-completed.v1"):
            last = {**last, "name": name, "version": last["version"] + 1}
            told = json.loads(last["state"]) | {"data": {}}
            entries.append({**last, "state": json.dumps(told)})

    export.doctored(erased)
    failed = export.failed()
    assert list(failed) == ["erasures attested by each service"]
    assert "completed before its keys were destroyed here" in failed[next(iter(failed))][0]


def test_a_generation_that_no_loss_explains_is_named(export: Exported) -> None:
    with export.store.transaction(commit=True) as run:
        run("INSERT INTO audit_generations VALUES (2)")
    again = exported(export.store, export.directory.parent / "again")
    told = "it began anew, and no entry tells of a loss that was accepted"
    assert again.failed() == {"origin": [told]}
