"""The rules of referral and custody, one sentence each, with where they come from."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.referral.custody.state import (
    Consent,
    Custody,
    Erased,
    Referral,
    Relay,
    Response,
    Stage,
    Unbegun,
)
from services.referral.directory.decide import stream_of
from services.referral.directory.state import Registered
from shared.runtime import forgetting
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing


def an_erased_case_takes_nothing_more(custody: Custody) -> Unbegun | Relay:
    """Regulation (EU) 2016/679, art. 17(1): nothing begins again about who was erased."""
    if isinstance(custody, Erased):
        raise forgetting.refused()
    return custody


def the_coordination_learns_that_a_case_was_erased(acting: Acting, custody: Custody) -> None:
    """To everybody else an erased case is none that ever was."""
    if isinstance(custody, Erased) and acting.may("SeeThatErased", Thing("Network")):
        raise forgetting.refused()


def an_organisation_lists_what_it_was_asked(acting: Acting) -> str:
    """Design, section 1: what an organisation has to answer is its own."""
    own = Thing("Organisation", {"name": acting.organisation})
    _needs(
        acting.may("ListIncoming", own),
        "an-organisation-lists-what-it-was-asked",
        "Your role does not list referrals.",
        "Ask an intake operator of your organisation.",
    )
    return acting.organisation


def only_the_custodian_refers(acting: Acting, action: str, custodian: str) -> None:
    """Design, rule 4: reading a case gives no right to move it."""
    _needs(
        acting.may(action, Thing("Case", {"custodian": custodian})),
        "only-the-custodian-refers",
        "Another organisation is the custodian of this case, or your role does not refer.",
        "Ask the custodian's case manager to refer the person.",
    )


def whoever_is_involved_sees_the_referrals(
    acting: Acting, action: str, custodian: str | None, involved: Collection[str]
) -> str:
    """Codes only; who is not involved learns not even that the case exists."""
    if custodian is None or not acting.may(
        action, Thing("Relay", {"custodian": custodian, "involved": involved})
    ):
        raise Refused(
            "whoever-is-involved-sees-the-referrals",
            "There is no such case here, or it is not yours to see.",
            "Ask the coordinator who its custodian is.",
            "missing",
        )
    return custodian


def only_the_sender_disposes_of_a_referral(acting: Acting, action: str, referral: Referral) -> None:
    """Design, rule 4: a referral is sent and taken back by whoever proposed it."""
    _needs(
        acting.may(action, thing_of(referral)),
        "only-the-sender-disposes-of-a-referral",
        "Another organisation proposed this referral, or your role does not refer.",
        "Ask the sender; a receiver declines instead.",
    )


def only_the_receiver_answers(acting: Acting, action: str, asked: Referral) -> None:
    """Design, rule 4: the sender cannot accept its own referral."""
    _needs(
        acting.may(action, thing_of(asked)),
        "only-the-receiver-answers",
        "Your organisation was not asked, or your role does not answer referrals.",
        "Ask an intake operator of an organisation that was asked.",
    )


def only_the_two_sides_confirm_a_handover(acting: Acting, action: str, referral: Referral) -> None:
    """Whoever gives and whoever takes: nobody else saw the person arrive."""
    _needs(
        acting.may(action, thing_of(referral)),
        "only-the-two-sides-confirm-a-handover",
        "Your organisation neither gives nor takes in this handover.",
        "Leave it to the sender and to the organisation that accepted.",
    )


def only_who_has_the_person_hands_over(sender: str, custodian: str) -> None:
    """Of two referrals under way, the one that is completed first moves the custody."""
    _needs(
        sender == custodian,
        "only-who-has-the-person-hands-over",
        "Custody has moved since this referral was proposed.",
        "Withdraw this referral; the new custodian refers anew.",
        "state",
    )


def nobody_refers_to_itself(sender: str, receivers: Sequence[str]) -> None:
    """A handover to oneself moves nobody."""
    _needs(
        sender not in receivers,
        "nobody-refers-to-itself",
        "Your own organisation is among the receivers.",
        "Name other organisations.",
        "content",
    )


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
    """The referral's own consent; or, where that one's date has passed and the person was asked
    again, the one that names who takes them, for the same purpose. A date alone does not part
    somebody from the bed that waits for them; a withdrawal does."""
    old, taken_by = relay.consents.get(referral.consent), referral.accepted_by
    ended = referral.consent not in relay.withdrawn and not is_live(relay, referral.consent, now)
    if old is not None and ended and taken_by is not None:
        for name, consent in relay.consents.items():
            again = consent.purpose == old.purpose and covers(relay, consent, taken_by)
            if again and is_live(relay, name, now):
                return name, consent
    return referral.consent, a_referral_rests_on_a_live_consent(relay, referral.consent, now)


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
        "state",
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
        "state",
    )


def the_referral_is(referral: Referral, *stages: Stage) -> None:
    """Each step has its time."""
    _needs(
        referral.stage in stages,
        "the-referral-is-at-another-stage",
        "The referral has moved on, or is not so far yet.",
        "Open it again to see where it stands.",
        "state",
    )


def a_receiver_answers_once(referral: Referral, organisation: str) -> None:
    """A sender acts on the answer: it must not change under their feet."""
    _needs(
        referral.responses[organisation] in {Response.WAITING, Response.ACKNOWLEDGED},
        "a-receiver-answers-once",
        "Your organisation has declined, or its time to answer has passed.",
        "Tell the sender that you can help after all; they can refer anew.",
        "state",
    )


def an_answer_comes_in_time(answer_by: datetime, now: datetime) -> None:
    """The sender asks elsewhere once the time has passed, also where its timer is late."""
    _needs(
        now < answer_by,
        "an-answer-comes-in-time",
        "The time to answer has passed.",
        "Tell the sender that you can help after all; they can refer anew.",
        "state",
    )


def the_referral_exists(relay: Relay, name: str) -> Referral:
    referral = relay.referrals.get(name)
    if referral is None:
        raise Refused(
            "the-referral-exists",
            "This case has no such referral.",
            "Look at the referrals of the case.",
            "missing",
        )
    return referral


def thing_of(referral: Referral) -> Thing:
    """What the policies are told of a referral."""
    accepted_by = referral.accepted_by
    return Thing(
        "Referral",
        {
            "sender": referral.sender,
            "receivers": referral.responses.keys(),
            "acceptors": (accepted_by,) if accepted_by else (),
        },
    )


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
