"""The rules of giving, narrowing and ending a consent, one sentence each, with their sources."""

from collections.abc import Collection, Iterable
from datetime import datetime

from services.identification.cases.consent_state import Consent
from shared.codes import (
    ConsentForm,
    ConsentGiver,
    DataCategory,
    InterpreterMode,
    OrganisationKind,
)
from shared.runtime.facts import RefusalKind, Refused


def nobody_found_with_the_person_interprets(
    interpreter: InterpreterMode, met_with_the_person: bool
) -> None:
    """WHO, Ethical and safety recommendations for interviewing trafficked women (2003), no. 4."""
    _needs(
        interpreter is InterpreterMode.NONE_NEEDED or not met_with_the_person,
        "nobody-found-with-the-person-interprets",
        "Somebody who was met together with the person cannot interpret for them.",
        "Ask another interpreter, or a telephone service.",
    )


def consent_follows_information(language: str, informed_in: Iterable[str]) -> None:
    """Council of Europe Convention (2005), art. 12(7): informed consent, in a language that the
    person understands; Regulation (EU) 2016/679, art. 4(11)."""
    _needs(
        language in informed_in,
        "consent-follows-information",
        "The person was not yet informed in the language in which this consent was given.",
        "Give the information in that language first, and record it.",
    )


def consent_ends_in_the_future(valid_until: datetime, now: datetime) -> None:
    """A consent that has ended allows nothing."""
    _needs(
        valid_until > now,
        "consent-ends-in-the-future",
        "The consent would have ended already.",
        "Give a moment that is still to come.",
        "content",
    )


def a_consent_names_one_recipient(
    recipient: str | None, recipient_class: OrganisationKind | None
) -> None:
    """Regulation (EU) 2016/679, art. 4(11) and 13(1)(e): specific, and to recipients or to
    categories of recipients that the person was told."""
    _needs(
        (recipient is None) != (recipient_class is None),
        "a-consent-names-one-recipient",
        "It names no recipient, or an organisation and a class of them at once.",
        "Name one organisation, or one kind of organisation; for two, ask the person twice.",
        "content",
    )


def a_child_assents_to_what_its_guardian_allows(giver: ConsentGiver, assent: bool | None) -> None:
    """Convention on the Rights of the Child, art. 12; Directive 2011/36/EU, art. 13 and 14: the
    child's views count. A guardian may be whoever sold the child."""
    _needs(
        giver is not ConsentGiver.GUARDIAN or assent is True,
        "a-child-assents-to-what-its-guardian-allows",
        "A guardian's consent was given without the child's own assent.",
        "Ask the child, in words for its age; where it says no, record the refusal.",
    )
    _needs(
        giver is ConsentGiver.GUARDIAN or assent is None,
        "assent-belongs-to-a-guardians-consent",
        "An assent was given beside the person's own consent.",
        "Leave the assent out: the person's own consent is all that is needed.",
        "content",
    )


def what_shows_a_consent_fits_its_form(
    form: ConsentForm, witness: str | None, signed_file: str | None
) -> None:
    """Regulation (EU) 2016/679, art. 7(1): it can be shown that the person consented."""
    _needs(
        (witness is not None) == (form is ConsentForm.SPOKEN_WITNESSED),
        "a-spoken-consent-has-a-witness",
        "A spoken consent names no witness, or a consent of another form names one.",
        "Name the operator who heard it; leave the witness out where it is on paper or in a file.",
        "content",
    )
    _needs(
        (signed_file is not None) == (form is ConsentForm.SIGNED_FILE),
        "a-signed-file-is-known-by-its-hash",
        "A signed file has no hash, or a consent of another form has one.",
        "Give the file's SHA-256 hash with the form `signed-file`, and only with it.",
        "content",
    )


def a_witness_is_somebody_else(witness: str | None, operator: str) -> None:
    """Who records what they alone heard is no witness of it."""
    _needs(
        witness != operator,
        "a-witness-is-somebody-else",
        "The witness is whoever records the consent.",
        "Name another operator who heard it, or let the person write or sign.",
        "content",
    )


def only_a_live_consent_is_narrowed(consent: Consent | None, now: datetime) -> Consent:
    """What has ended allows nothing that could become less."""
    if consent is None or not is_live(consent, now):
        raise Refused(
            "only-a-live-consent-is-narrowed",
            "This case has no such consent, or it was withdrawn, or has ended.",
            "Look at the consents of the case, and name one that is live.",
            "missing" if consent is None else "state",
        )
    return consent


def narrowing_never_widens(
    consent: Consent, categories: Collection[DataCategory], valid_until: datetime
) -> None:
    """Regulation (EU) 2016/679, art. 7(3): a part is withdrawn. For more, the person is asked."""
    _needs(
        set(categories) <= set(consent.categories) and valid_until <= consent.valid_until,
        "narrowing-never-widens",
        "It would allow a category of data, or a time, that was not agreed to.",
        "Name fewer of the categories, or an earlier end; for more, ask for another consent.",
        "content",
    )


def a_class_is_narrowed_to_one_of_its_own(
    consent: Consent, recipient: str | None, kind: OrganisationKind | None
) -> None:
    """Another recipient than those agreed to would be another consent."""
    _needs(
        recipient is None or covers(consent, recipient, kind),
        "a-class-is-narrowed-to-one-of-its-own",
        "The organisation is none of those that the person agreed to.",
        "Name one of the class that was agreed to, as the directory knows it.",
        "content",
    )


def covers(consent: Consent, organisation: str, kind: OrganisationKind | None) -> bool:
    """Whether the organisation is the recipient, or one of the class that was agreed to. Of an
    organisation that the directory did not tell of, no kind is known, and no class covers it."""
    if consent.recipient is not None:
        return consent.recipient == organisation
    return kind is not None and consent.recipient_class == kind


def opens_to(
    consent: Consent, organisation: str, kind: OrganisationKind | None, now: datetime
) -> bool:
    """Whether it opens anything to the organisation now, wherever a consent counts."""
    return is_live(consent, now) and covers(consent, organisation, kind)


def is_live(consent: Consent, now: datetime) -> bool:
    """Neither withdrawn nor ended."""
    return not consent.withdrawn and not consent.expired and now < consent.valid_until


def _needs(met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "state") -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
