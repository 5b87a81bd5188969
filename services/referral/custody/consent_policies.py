"""The rules about consents of a case's way, one sentence each, with where they come from."""

from collections.abc import Sequence
from datetime import datetime

from services.referral.custody.state import Consent, Referral, Relay
from services.referral.directory.decide import stream_of
from services.referral.directory.state import Registered
from shared.runtime.facts import Refused


def a_referral_rests_on_a_live_consent(relay: Relay, consent: str, now: datetime) -> Consent:
    """Design, rule 3; Council of Europe Convention (2005), art. 12(7)."""
    known = relay.consents.get(consent)
    if known is None or not is_live(relay, consent, now):
        raise Refused(
            "a-referral-rests-on-a-live-consent",
            "The consent is not known here, was withdrawn, or has ended.",
            "Ask the person again; a new consent is heard here within moments.",
        )
    return known


def a_handover_rests_on_a_live_consent(
    relay: Relay, referral: Referral, now: datetime
) -> tuple[str, Consent]:
    """So does the way there: who is told an address is told it for a handover."""
    name, *_others = carrying(relay, referral, now) or [referral.consent]
    return name, a_referral_rests_on_a_live_consent(relay, name, now)


def carrying(relay: Relay, referral: Referral, now: datetime) -> Sequence[str]:
    """The live consents with which a referral goes on: its own; or, where that one's date has
    passed and the person was asked again, those that name who takes them, for the same purpose. A
    date alone does not part somebody from the bed that waits for them; a withdrawal does."""
    if is_live(relay, referral.consent, now):
        return [referral.consent]
    old, taken_by = relay.consents.get(referral.consent), referral.accepted_by
    if old is None or taken_by is None or referral.consent in relay.withdrawn:
        return []
    return [
        name
        for name, consent in relay.consents.items()
        if consent.purpose == old.purpose
        and covers(relay, consent, taken_by)
        and is_live(relay, name, now)
    ]


def is_live(relay: Relay, consent: str, now: datetime) -> bool:
    """Known here, neither withdrawn nor ended."""
    known = relay.consents.get(consent)
    over = consent in relay.withdrawn or consent in relay.ended
    return known is not None and not over and now < known.valid_until


def covers(relay: Relay, consent: Consent, organisation: str) -> bool:
    """Whether it is the recipient, or in the directory one of the kind that was agreed to."""
    if consent.recipient is not None:
        return consent.recipient == organisation
    member = relay.directory.get(stream_of(organisation))
    return isinstance(member, Registered) and member.kind == consent.recipient_class


def the_consent_names_a_receiver(relay: Relay, consent: Consent, receivers: Sequence[str]) -> None:
    """Else nobody who is asked could ever take the person."""
    _needs(
        any(covers(relay, consent, receiver) for receiver in receivers),
        "the-consent-names-a-receiver",
        "The consent names none of the organisations that are asked.",
        "Ask the organisation that the person agreed to, or ask the person again.",
    )


def the_consent_names_who_takes_the_person(
    relay: Relay, consent: Consent, receiver: str | None
) -> None:
    """A proposal shows codes only; a person goes only where they agreed to go."""
    _needs(
        receiver is not None and covers(relay, consent, receiver),
        "the-consent-names-who-takes-the-person",
        "The person has not agreed to the organisation that accepted.",
        "Ask the person; refer anew on the consent that they then give.",
    )


def _needs(met: bool, rule: str, because: str, instead: str) -> None:
    if not met:
        raise Refused(rule, because, instead)
