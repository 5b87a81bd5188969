"""From a command about a case and what is known, to what happens: pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from pydantic import SecretStr

from services.identification.cases import commands, erasing, erasure_policies, events, policies
from services.identification.cases.commands import Command
from services.identification.cases.emergency import decide as emergency
from services.identification.cases.emergency.commands import OfEmergency
from services.identification.cases.events import Event
from services.identification.cases.state import Case, Open, Shape, Unopened, evolve, with_contacts
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.events import ContactLinked
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
    match command:
        case commands.NoteCustody() | commands.NoteAcknowledgement():
            return _heard(command, case)
        case commands.NoteProgrammeClosure():
            return [
                events.ProgrammeClosureHeard(
                    organisation=command.organisation,
                    closure=command.closure,
                    heard_on=acting.now.date(),
                )
            ]
        case commands.DiscloseDossier():
            return _disclose(command, case, acting)
        case commands.RegainWithdrawal():
            return _withdraw(command, case)
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
    | commands.WithdrawConsent
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
            return _inform(command)
        case commands.GiveConsent():
            return _consent(command, case, acting)
        case commands.RefuseConsent():
            return [events.ConsentRefused(recipient=command.recipient, purpose=command.purpose)]
        case commands.WithdrawConsent():
            return _withdraw(command, case)
        case commands.RecordIdentity():
            return _identify(command)
        case commands.DetermineStatus():
            return _determine(command, case)
        case _:
            assert_never(command)


def _inform(told: commands.GiveInformation) -> Sequence[Event]:
    policies.nobody_found_with_the_person_interprets(told.interpreter, told.met_with_the_person)
    return [
        events.InformationGiven(
            language=told.language, interpreter=told.interpreter, leaflet=told.leaflet
        )
    ]


def _consent(given: commands.GiveConsent, case: Open, acting: Acting) -> Sequence[Event]:
    policies.nobody_found_with_the_person_interprets(given.interpreter, given.met_with_the_person)
    policies.consent_follows_information(given.language, case.languages)
    policies.consent_ends_in_the_future(given.valid_until, acting.now)
    fields = given.model_dump(exclude={"met_with_the_person"})
    fields["categories"] = tuple(sorted(set(given.categories)))
    return [events.ConsentGiven(consent=acting.fresh, **fields)]


def _withdraw(
    asked: commands.WithdrawConsent | commands.RegainWithdrawal, case: Open
) -> Sequence[Event]:
    consent = policies.only_a_known_consent_is_withdrawn(case.consents.get(asked.consent))
    if consent.withdrawn:
        return []  # said twice, true once
    return [events.ConsentWithdrawn(consent=asked.consent)]


def _identify(told: commands.RecordIdentity) -> Sequence[Event]:
    known = {
        name: value.get_secret_value()
        for name in ("name", "birth_date", "documents")
        if (value := getattr(told, name)) is not None
    }
    policies.something_is_recorded(known or None, told.reach)
    identity = Protected[Identity](clear=SecretStr(json.dumps(known))) if known else None
    reach = Protected[Contact](clear=told.reach) if told.reach else None
    return [events.IdentityRecorded(identity=identity, reach=reach)]


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
    return policies.a_disclosure_rests_on_a_live_consent(
        acting, case.consents, asked.purpose, open_to_them
    )


def _determine(asked: commands.DetermineStatus, case: Open) -> Sequence[Event]:
    if case.status == asked.status:
        return []
    return [events.StatusDetermined(status=asked.status)]


def _heard(
    command: commands.NoteCustody | commands.NoteAcknowledgement, case: Open
) -> Sequence[Event]:
    if isinstance(command, commands.NoteCustody):
        return [events.CustodyMoved(**command.model_dump())]
    consent = case.consents.get(command.consent)
    if consent is None or (command.holder, command.did) in consent.acknowledged:
        return []
    return [
        events.WithdrawalAcknowledged(
            consent=command.consent, holder=command.holder, did=command.did
        )
    ]


def no_such_case() -> Refused:
    return Refused(
        "the-case-exists",
        "There is no such case here.",
        "Look for it in the list of cases.",
        "missing",
    )


def _contacts(
    command: Command, case: Case, _acting: Acting
) -> Mapping[str, Decider[Any, Any, Any]]:
    if isinstance(command, commands.OpenCase | commands.LinkContact):
        return {command.contact: CONTACTS}
    if isinstance(command, commands.OfErasure) and not isinstance(case, Unopened):
        return erasing.beside(command, case)
    return {}


def case_id(acting: Acting) -> str:
    """The id of the case that this command opens; its stream has the same name."""
    return f"case-{acting.fresh}"


CASES: Decider[Command, Case, Event] = Decider(
    Shape, Unopened(), decide, evolve, _contacts, with_contacts
)
