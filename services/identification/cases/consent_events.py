"""What happened to a consent of a case, and to whoever received something under it."""

from datetime import datetime
from typing import ClassVar

from services.identification.alarms.kinds import AlarmKind
from shared.codes import (
    ConsentEnd,
    ConsentForm,
    ConsentGiver,
    DataCategory,
    HolderAction,
    InterpreterMode,
    LanguageTag,
    OrganisationKind,
    Purpose,
)
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact


class ConsentGiven(Fact):
    """To `recipient`, or to every organisation of the kind `recipient_class`: one of the two.

    `assent`: the child's, where a guardian gave it. `witness` is an operator's id, `signed_file` a
    SHA-256 hash in hexadecimal. `leaflet` is what the person was informed with in this language.
    Null where the consent was recorded before these were asked for.
    """

    stored_name: ClassVar[str] = "case.consent-given.v2"
    consent: str
    recipient: str | None
    recipient_class: OrganisationKind | None
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    giver: ConsentGiver
    assent: bool | None
    form: ConsentForm
    witness: str | None
    signed_file: str | None
    language: LanguageTag
    interpreter: InterpreterMode
    leaflet: str | None
    valid_until: datetime


class ConsentRefused(Fact):
    stored_name: ClassVar[str] = "case.consent-refused.v1"
    recipient: str | None
    purpose: Purpose
    recipient_class: OrganisationKind | None = None


class ConsentNarrowed(Fact):
    """The whole scope that remains; never more than there was."""

    stored_name: ClassVar[str] = "case.consent-narrowed.v1"
    consent: str
    recipient: str | None
    recipient_class: OrganisationKind | None
    categories: tuple[DataCategory, ...]
    valid_until: datetime


class ConsentExpired(Fact):
    """Its time has come to an end, and nobody had withdrawn it."""

    stored_name: ClassVar[str] = "case.consent-expired.v1"
    consent: str


class ConsentWithdrawn(Fact):
    stored_name: ClassVar[str] = "case.consent-withdrawn.v1"
    consent: str


class WithdrawalAcknowledged(Fact):
    """`holder` is the service that did what the withdrawal asks of it."""

    stored_name: ClassVar[str] = "case.withdrawal-acknowledged.v1"
    consent: str
    holder: str
    did: Acknowledgement


class AcknowledgementAsked(Fact):
    """An organisation that received something under a consent which came to its end is to say
    what it did. `read`: the categories that it was shown; none where it saw codes only."""

    stored_name: ClassVar[str] = "case.acknowledgement-asked.v1"
    consent: str
    organisation: str
    end: ConsentEnd
    read: tuple[DataCategory, ...]
    answer_by: datetime


class HolderAcknowledged(Fact):
    """The organisation's own word; `WithdrawalAcknowledged` is the services'."""

    stored_name: ClassVar[str] = "case.holder-acknowledged.v1"
    consent: str
    organisation: str
    end: ConsentEnd
    did: tuple[HolderAction, ...]


class AlarmRaised(Fact):
    """Something waits for a person; `about` is what it concerns, in ids."""

    stored_name: ClassVar[str] = "case.alarm-raised.v1"
    kind: AlarmKind
    about: str


class AlarmSettled(Fact):
    stored_name: ClassVar[str] = "case.alarm-settled.v1"
    kind: AlarmKind
    about: str
