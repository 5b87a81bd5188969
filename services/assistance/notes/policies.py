"""The rules by which notes are opened, one sentence each, with where they come from."""

from collections.abc import Collection, Iterable

from services.assistance.state import Case, Consent
from shared.codes import DataCategory, OrganisationKind, Purpose
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing


def who_works_with_people_asks_for_notes(acting: Acting, action: str) -> None:
    """A consent names an organisation, for help; who audits or counts there needs no notes
    (Regulation (EU) 2016/679, art. 5(1)(c) and 29)."""
    _needs(
        acting.may(action, Thing("Network")),
        "who-works-with-people-asks-for-notes",
        "Your role does not see what was noted about a person.",
        "Ask a case manager or the intake of your organisation.",
    )


def notes_are_disclosed_on_a_live_consent(
    acting: Acting,
    kind: OrganisationKind | None,
    case: Case,
    purpose: Purpose,
    categories: Iterable[DataCategory],
) -> tuple[str, tuple[DataCategory, ...]]:
    """The consent to whoever asks (or to their kind of organisation), for this purpose, live now,
    which allows most of what is wanted; and what of it that one consent allows. Who wrote a note
    needs one as well: custody is a duty, not a key (decision 4). Design, rule 2; Regulation (EU)
    2016/679, art. 6(1)(a), 9(2)(a), 13(1)(e).
    """
    wanted = set(categories)
    serving: list[tuple[str, tuple[DataCategory, ...]]] = []
    for name, consent in case.consents.items():
        over = name in case.withdrawn or name in case.ended or acting.now >= consent.valid_until
        serves = consent.purpose == purpose and not over
        allowed = wanted & set(consent.categories)
        covered = (acting.organisation,) if covers(consent, acting.organisation, kind) else ()
        dossier = Thing("Dossier", {"recipients": covered})
        if serves and allowed and acting.may("DiscloseNotes", dossier):
            serving.append((name, tuple(sorted(allowed))))
    _needs(
        bool(serving),
        "notes-are-disclosed-on-a-live-consent",
        "No live consent covers this recipient, this purpose and any of these categories of data.",
        "Ask the person, through the custodian; a consent is heard here within moments.",
    )
    return max(serving, key=lambda told: len(told[1]))


def covers(consent: Consent, organisation: str, kind: OrganisationKind | None) -> bool:
    """Whether the organisation is the recipient, or one of the class that was agreed to. Of an
    organisation that the directory did not tell of, no kind is known, and no class covers it."""
    if consent.recipient is not None:
        return consent.recipient == organisation
    return kind is not None and consent.recipient_class == kind


def notes_are_of_a_programme(run_by: Collection[str]) -> None:
    """Where nobody helped, nothing was noted."""
    _needs(
        bool(run_by),
        "notes-are-of-a-programme",
        "There is no programme of such a case here.",
        "Look for the case where it was opened.",
        "missing",
    )


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
