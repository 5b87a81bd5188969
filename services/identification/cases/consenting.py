"""How a consent is given, refused and narrowed: pure."""

from collections.abc import Sequence

from services.identification.alarms.kinds import AlarmKind
from services.identification.cases import commands, events
from services.identification.cases import consent_policies as policies
from services.identification.cases.consent_state import consents_after
from services.identification.cases.ending import ask_holders
from services.identification.cases.ending_policies import read_under, renewal
from services.identification.cases.events import Event
from services.identification.cases.state import Open
from services.identification.network.decide import organisation_stream
from services.identification.receipts.commands import IssueReceipt
from services.identification.receipts.events import ReceiptIssued
from services.identification.receipts.policies import only_a_known_consent_has_a_receipt
from shared.codes import ConsentEnd
from shared.runtime.facts import Acting


def inform(told: commands.GiveInformation) -> Sequence[Event]:
    policies.nobody_found_with_the_person_interprets(told.interpreter, told.met_with_the_person)
    return [
        events.InformationGiven(
            language=told.language, interpreter=told.interpreter, leaflet=told.leaflet
        )
    ]


def give(asked: commands.GiveConsent, case: Open, acting: Acting) -> Sequence[Event]:
    policies.a_consent_names_one_recipient(asked.recipient, asked.recipient_class)
    policies.nobody_found_with_the_person_interprets(asked.interpreter, asked.met_with_the_person)
    policies.consent_follows_information(asked.language, case.leaflets)
    policies.a_child_assents_to_what_its_guardian_allows(asked.giver, asked.assent)
    policies.what_shows_a_consent_fits_its_form(asked.form, asked.witness, asked.signed_file)
    policies.a_witness_is_somebody_else(asked.witness, acting.operator)
    policies.consent_ends_in_the_future(asked.valid_until, acting.now)
    fields = asked.model_dump(exclude={"met_with_the_person"})
    fields["categories"] = tuple(sorted(set(asked.categories)))
    leaflet = case.leaflets[asked.language]
    given = events.ConsentGiven(consent=acting.fresh, leaflet=leaflet, **fields)
    return [given, *_settled_by(given, case, acting)]


def refuse(asked: commands.RefuseConsent) -> Sequence[Event]:
    policies.a_consent_names_one_recipient(asked.recipient, asked.recipient_class)
    return [events.ConsentRefused(**asked.model_dump())]


def narrow(asked: commands.NarrowConsent, case: Open, acting: Acting) -> Sequence[Event]:
    known = case.consents.get(asked.consent)
    consent = policies.only_a_live_consent_is_narrowed(known, acting.now)
    categories = tuple(sorted(set(asked.categories or consent.categories)))
    valid_until = asked.valid_until or consent.valid_until
    policies.narrowing_never_widens(consent, categories, valid_until)
    policies.consent_ends_in_the_future(valid_until, acting.now)
    kind = case.network[organisation_stream(asked.recipient)].kind if asked.recipient else None
    policies.a_class_is_narrowed_to_one_of_its_own(consent, asked.recipient, kind)
    narrowed = events.ConsentNarrowed(
        consent=asked.consent,
        recipient=asked.recipient or consent.recipient,
        recipient_class=None if asked.recipient else consent.recipient_class,
        categories=categories,
        valid_until=valid_until,
    )
    after = consents_after(case.consents, narrowed)[asked.consent]
    if after == consent:
        return []  # said twice, true once
    beyond = {
        organisation: read
        for organisation, read in read_under(consent, case.consents).items()
        if not set(read) <= set(categories) or after.recipient not in (None, organisation)
    }
    return [narrowed, *ask_holders(asked.consent, beyond, ConsentEnd.NARROWED, case, acting)]


def issue_receipt(asked: IssueReceipt, case: Open) -> Sequence[Event]:
    """Printed again it is the same receipt, unless the key of its code was lost meanwhile."""
    consent = only_a_known_consent_has_a_receipt(case.consents.get(asked.consent))
    if consent.receipt == asked.verifier:
        return []
    return [ReceiptIssued(consent=asked.consent, verifier=asked.verifier)]


def _settled_by(given: events.ConsentGiven, case: Open, acting: Acting) -> list[Event]:
    """The person was asked again: what was about to end no longer waits for anybody."""
    after = consents_after(case.consents, given)
    return [
        events.AlarmSettled(kind=AlarmKind.CONSENT_ENDS, about=name)
        for name, consent in case.consents.items()
        if (AlarmKind.CONSENT_ENDS.value, name) in case.alarms
        and renewal(consent, after, acting.now)
    ]
