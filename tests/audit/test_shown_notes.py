"""A log that is whole and signed, and tells of notes that were shown as they never may be; and the
honest log that it was made from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.app import app as assistance
from shared.codes import DataCategory
from shared.contracts.identification import ConsentWithdrawn
from shared.contracts.referral import HandoverCompleted
from tests.assistance.given import CASE, CONSENT, REFERRAL
from tests.assistance.hearing import handover, hear
from tests.assistance.test_disclosing_notes import GIVEN, asked, heard_of
from tests.assistance.test_notes_to_a_class import narrowed, two_of_a_class
from tests.assistance.test_own_view import noted
from tests.audit.doctoring import Doctor, Entries, alone, at, by, changed, later, without
from tests.audit.exported import Exported, exported
from tests.support.web import serve

NOTES, CONSENTED = "programme.notes-disclosed.v1", "programme.consent-noted.v1"
KIND = "programme.organisation-heard.v1"


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


def shown_to(organisation: str) -> Doctor:
    """Another organisation asked for the notes, and was shown them."""

    def doctor(entries: Entries) -> None:
        changed(NOTES, recipient=organisation)(entries)
        by(NOTES, organisation)(entries)

    return doctor


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
