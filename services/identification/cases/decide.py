"""From a command about a case and what is known, to what happens: pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from pydantic import SecretStr

from services.identification.cases import (
    commands,
    consenting,
    ending,
    erasing,
    erasure_policies,
    events,
    hearing,
    policies,
)
from services.identification.cases.commands import Command
from services.identification.cases.emergency import decide as emergency
from services.identification.cases.emergency.commands import OfEmergency
from services.identification.cases.events import Event
from services.identification.cases.own_view import decide as own_view
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.cases.state import Case, Open, Shape, Unopened, evolve, with_others
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.events import ContactLinked
from services.identification.duplicates import decide as duplicates
from services.identification.duplicates.commands import (
    JudgeCandidate,
    OfDuplicates,
    SeekDuplicates,
)
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from services.identification.network.decide import NETWORK, TERMS, organisation_stream
from services.identification.network.state import Known
from services.identification.receipts.commands import IssueReceipt
from shared.codes import DataCategory
from shared.runtime.facts import Acting, Decider, In, Refused
from shared.trust.protected import Contact, Identity, Protected


def decide(command: Command, case: Case, acting: Acting) -> Sequence[Event | In]:
    if isinstance(command, commands.OpenCase):
        return _open(command, case, acting)
    if isinstance(case, Unopened):
        raise no_such_case()
    if isinstance(command, commands.OfErasure):
        return erasing.decide(command, case, acting)
    case = erasure_policies.an_erased_case_takes_nothing_more(case)
    if isinstance(command, OfEmergency):
        return emergency.decide(command, case, acting)
    if isinstance(command, ShowOwnView):
        return own_view.show(command, acting)
    match command:
        case commands.DiscloseDossier():
            return _disclose(command, case, acting)
        case commands.AcknowledgeWithdrawal():
            return ending.acknowledge(command, case, acting)
        case (
            commands.NoteCustody()
            | commands.NoteAcknowledgement()
            | commands.NoteProgrammeClosure()
            | commands.RegainWithdrawal()
        ):
            return hearing.hear(command, case, acting)
        case (
            commands.ExpireConsent() | commands.WarnOfExpiry() | commands.EscalateAcknowledgement()
        ):
            return hearing.due(command, case, acting)
        case SeekDuplicates() | JudgeCandidate():
            return duplicates.decide(command, case, acting)
        case _:
            policies.only_the_custodian_works_on_a_case(acting, command.action, case.custodian)
            return _by_the_custodian(command, case, acting)


def _open(asked: commands.OpenCase, case: Case, acting: Acting) -> Sequence[Event | In]:
    policies.whoever_meets_people_may_open_a_case(acting)
    policies.citizenship_is_a_known_code(asked.citizenship)
    if not isinstance(case, Unopened):
        raise Refused("a-case-is-opened-once", "This case is open.", "Work on the open case.")
    contact = policies.a_contact_belongs_to_one_case(case.contacts.get(asked.contact))
    opened = events.CaseOpened(
        case=case_id(acting),
        organisation=acting.organisation,
        contact=asked.contact,
        channel=contact.channel,
        month=contact.received_on.strftime("%Y-%m"),
        area=asked.area,
        exploitation=tuple(sorted(set(asked.exploitation))),
        age_group=asked.age_group,
        gender=asked.gender,
        citizenship=asked.citizenship,
    )
    return [opened, In(asked.contact, ContactLinked(case=opened.case))]


ByTheCustodian = (
    commands.LinkContact
    | commands.GiveInformation
    | commands.GiveConsent
    | commands.RefuseConsent
    | commands.NarrowConsent
    | commands.WithdrawConsent
    | IssueReceipt
    | commands.RecordIdentity
    | commands.DetermineStatus
)


def _by_the_custodian(command: ByTheCustodian, case: Open, acting: Acting) -> Sequence[Event | In]:
    match command:
        case commands.LinkContact():
            policies.a_contact_belongs_to_one_case(case.contacts.get(command.contact))
            return [
                events.ContactAdded(contact=command.contact),
                In(command.contact, ContactLinked(case=case.id)),
            ]
        case commands.GiveInformation():
            return consenting.inform(command)
        case commands.GiveConsent():
            return consenting.give(command, case, acting)
        case commands.RefuseConsent():
            return consenting.refuse(command)
        case commands.NarrowConsent():
            return consenting.narrow(command, case, acting)
        case commands.WithdrawConsent():
            return ending.withdraw(command, case, acting)
        case IssueReceipt():
            return consenting.issue_receipt(command, case)
        case commands.RecordIdentity():
            return _identify(command, case.matching.telephone_region)
        case commands.DetermineStatus():
            return _determine(command, case)
        case _:
            assert_never(command)


def _identify(told: commands.RecordIdentity, region: str | None) -> Sequence[Event]:
    """`region`: None where no number is told; `_beside_open` does not ask for it then."""
    known = {
        name: value.get_secret_value()
        for name in ("name", "birth_date", "documents")
        if (value := getattr(told, name)) is not None
    }
    policies.something_is_recorded(known or None, told.reach)
    identity = Protected[Identity](clear=SecretStr(json.dumps(known))) if known else None
    reach = Protected[Contact](clear=told.reach) if told.reach else None
    return [events.IdentityRecorded(identity=identity, reach=reach, telephone_region=region)]


def _disclose(asked: commands.DiscloseDossier, case: Open, acting: Acting) -> Sequence[Event]:
    consent, categories = consent_to_disclose(asked, case, acting)
    return [
        events.DossierDisclosed(
            disclosure=acting.fresh,
            recipient=acting.organisation,
            consent=consent,
            purpose=asked.purpose,
            categories=categories,
        )
    ]


def consent_to_disclose(
    asked: commands.DiscloseDossier, case: Open, acting: Acting
) -> tuple[str, tuple[DataCategory, ...]]:
    """The consent under which this is shown now, for the first time or again, and the categories
    that are shown; or refused."""
    policies.who_works_on_cases_asks_for_a_dossier(acting)
    open_to_them = policies.police_and_courts_never_see_the_care_record(acting, asked.categories)
    kind = case.network.get(organisation_stream(acting.organisation), Known()).kind
    return policies.a_disclosure_rests_on_a_live_consent(
        acting, kind, case.consents, asked.purpose, open_to_them
    )


def _determine(asked: commands.DetermineStatus, case: Open) -> Sequence[Event]:
    if case.status == asked.status:
        return []
    return [events.StatusDetermined(status=asked.status)]


def no_such_case() -> Refused:
    return Refused(
        "the-case-exists",
        "There is no such case here.",
        "Look for it in the list of cases.",
        "missing",
    )


_ASKS_HOLDERS = (
    commands.WithdrawConsent
    | commands.NarrowConsent
    | commands.NoteAcknowledgement
    | commands.RegainWithdrawal
    | commands.ExpireConsent
)


def _beside(command: Command, case: Case, acting: Acting) -> Mapping[str, Decider[Any, Any, Any]]:
    """The contacts that the command names; what it needs to know of the network."""
    if isinstance(command, commands.OpenCase | commands.LinkContact):
        return {command.contact: CONTACTS}
    if isinstance(case, Unopened):
        return {}
    if isinstance(command, commands.OfErasure):
        return erasing.beside(command, case)
    return _beside_open(command, case, acting) if isinstance(case, Open) else {}


def _beside_open(
    command: Command, case: Open, acting: Acting
) -> Mapping[str, Decider[Any, Any, Any]]:
    if isinstance(command, commands.RecordIdentity) and command.reach:
        return {MATCHING_STREAM: MATCHING}
    if isinstance(command, OfDuplicates):
        return duplicates.beside(command, acting)
    needed = [TERMS] if isinstance(command, _ASKS_HOLDERS) else []
    if isinstance(command, commands.NarrowConsent) and command.recipient is not None:
        needed.append(organisation_stream(command.recipient))
    if isinstance(command, commands.DiscloseDossier) and _names_a_class(case):
        needed.append(organisation_stream(acting.organisation))
    return dict.fromkeys(needed, NETWORK)


def _names_a_class(case: Open) -> bool:
    return any(consent.recipient_class is not None for consent in case.consents.values())


def case_id(acting: Acting) -> str:
    """The id of the case that this command opens; its stream has the same name."""
    return f"case-{acting.fresh}"


CASES: Decider[Command, Case, Event] = Decider(
    Shape, Unopened(), decide, evolve, _beside, with_others
)
