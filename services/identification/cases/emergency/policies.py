"""The rules of access in an emergency, one sentence each, with where they come from.

What may be shown at all rests on the vital interests of the person (Regulation (EU) 2016/679,
art. 6(1)(d)), and is what protects them at once (Council of Europe Convention, 2005, art. 12(2)).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.identification.cases.emergency.fields import EmergencyVerdict
from services.identification.cases.emergency.state import Emergency
from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing
from shared.trust.step_up import Proof, proof_of, proved_anew

LONGEST = timedelta(minutes=60)
REVIEWED_WITHIN = timedelta(hours=24)
_SHORTEST_REASON = 10


def who_works_with_people_sees_them_in_an_emergency(acting: Acting) -> None:
    """Council of Europe Convention (2005), art. 11(1) and 12(2): who helps protects. Police and
    courts come in by the person's own word (Directive 2011/36/EU, art. 11(3)), whatever other role
    stands beside theirs."""
    _needs(
        acting.may("OpenEmergency", Thing("Network")),
        "who-works-with-people-sees-them-in-an-emergency",
        "Your role does not open a case in an emergency.",
        "Call the hotline or the custodian: they can act at once.",
    )


def an_emergency_wants_fresh_proof_of_who_acts(
    authenticated_at: datetime | None, factors: frozenset[str], now: datetime
) -> Proof | None:
    """Who left a desk unlocked, or lost a token, opens nothing (OWASP ASVS 5.0, 7.5.3: proof
    anew, with another factor, before what is highly sensitive). The proof is kept."""
    proof = proof_of(authenticated_at, factors)
    _needs(
        proved_anew(proof, now),
        "an-emergency-wants-fresh-proof-of-who-acts",
        "You have not signed in with a second factor within the last five minutes.",
        "Sign in again with your second factor, then send the same request under a new key.",
    )
    return proof


def an_emergency_has_a_reason(reason: str) -> None:
    """Regulation (EU) 2016/679, art. 5(2): whoever looks can say why; a dot says nothing."""
    _needs(
        len("".join(reason.split())) >= _SHORTEST_REASON,
        "an-emergency-has-a-reason",
        "The reason is too short for anybody to judge it.",
        "Say in a sentence what has happened, and what is to be feared.",
        "content",
    )


def an_emergency_lasts_an_hour_at_most(lasting: timedelta) -> None:
    """Regulation (EU) 2016/679, art. 5(1)(c): no longer than the danger needs it; a longer need is
    a new reason, and is judged anew."""
    _needs(
        lasting <= LONGEST,
        "an-emergency-lasts-an-hour-at-most",
        "The time that was asked for is longer than an hour.",
        "Ask for sixty minutes or less; open it again if the danger lasts.",
        "content",
    )


def the_emergency_was_opened(emergency: Emergency | None) -> Emergency:
    """Nothing is shown, and nothing judged, that nobody gave a reason for."""
    if emergency is None:
        raise Refused(
            "the-emergency-was-opened",
            "This case has no such emergency.",
            "Open one with a reason, or look at the list of emergencies.",
            "missing",
        )
    return emergency


def only_who_opened_an_emergency_looks(acting: Acting, emergency: Emergency) -> None:
    """Who gave the reason answers for every look."""
    _needs(
        acting.may("LookInEmergency", _thing(emergency.operator, emergency.organisation)),
        "only-who-opened-an-emergency-looks",
        "Somebody else opened this emergency.",
        "Open one yourself, with your own reason.",
    )


def nobody_looks_after_an_emergency_has_ended(emergency: Emergency, now: datetime) -> None:
    """It ends with its time, and with the review, whichever is first."""
    _needs(
        emergency.verdict is None and now < emergency.ends_at,
        "nobody-looks-after-an-emergency-has-ended",
        "This emergency has ended.",
        "Ask the person for their consent, or open it again with a new reason.",
        "state",
    )


def the_coordinator_reviews_emergencies(acting: Acting, emergency: Emergency) -> None:
    """Who keeps the network's rules judges the exceptions to them (OSCE/ODIHR, National Referral
    Mechanisms handbook, 2022: the coordinating body's oversight)."""
    _needs(
        acting.may("ReviewEmergency", _thing(emergency.operator, emergency.organisation)),
        "the-coordinator-reviews-emergencies",
        "Your role does not review emergencies.",
        "Leave it to the coordinator.",
    )


def nobody_reviews_their_own_emergency(acting: Acting, emergency: Emergency) -> None:
    """Four eyes: a second person, whatever organisation and roles the first one also has."""
    rule = "nobody-reviews-their-own-emergency"
    opened = _thing(emergency.operator, emergency.organisation)
    _needs(
        rule not in acting.forbidding("ReviewEmergency", opened),
        rule,
        "You opened this emergency yourself.",
        "Ask another coordinator to review it.",
    )


def an_emergency_is_reviewed_once(emergency: Emergency, verdict: EmergencyVerdict) -> None:
    """What was found stands, as the trace tells it."""
    _needs(
        emergency.verdict in (None, verdict),
        "an-emergency-is-reviewed-once",
        "This emergency was judged otherwise.",
        "Talk to whoever reviewed it; the trace says who that was.",
        "state",
    )


def who_opened_or_judges_it_sees_an_emergency(
    acting: Acting, row: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Codes only. Who is not concerned learns not even that there was one."""
    if row is None or not acting.may("SeeEmergency", _of_row(row)):
        raise Refused(
            "who-opened-or-judges-it-sees-an-emergency",
            "There is no such emergency here, or it is not yours to see.",
            "Look at the list of emergencies.",
            "missing",
        )
    return row


def who_judges_an_emergency_sees_its_reason(acting: Acting, row: Mapping[str, Any]) -> bool:
    """Regulation (EU) 2016/679, art. 5(1)(c): in the opener's words, to whoever reviews it."""
    return acting.may("SeeEmergencyReason", _of_row(row))


def the_coordination_lists_all_emergencies_and_others_their_own(acting: Acting) -> str | None:
    """Design, section 1: whose emergencies are listed; None for those of all."""
    otherwise = Refused(
        "the-coordination-lists-all-emergencies-and-others-their-own",
        "Your role does not list emergencies.",
        "Ask a case manager of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListEmergencies", otherwise)


def _thing(operator: str, organisation: str) -> Thing:
    return Thing("Emergency", {"operator": operator, "organisation": organisation})


def _of_row(row: Mapping[str, Any]) -> Thing:
    return _thing(row["operator"], row["organisation"])


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
