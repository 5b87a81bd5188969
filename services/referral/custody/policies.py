"""The rules of referral and custody, one sentence each, with where they come from."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.referral.custody.state import (
    Custody,
    Erased,
    Referral,
    Relay,
    Response,
    Stage,
    Unbegun,
)
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


def there_is_a_way_to_show(custodian: str | None) -> str:
    """Whom nobody has ever had in custody is not known here."""
    if custodian is None:
        raise Refused(
            "there-is-a-way-to-show",
            "There is no such case here.",
            "Look for the case where it was opened.",
            "missing",
        )
    return custodian


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
