"""Who is told where a secret shelter is, one rule a sentence, with where they come from.

Council of Europe Convention (2005), art. 12(1)(a) and 12(2): accommodation that is secure; the
explanatory report (paragraph 154) has such shelters' addresses kept secret.
"""

from services.referral.custody.policies import thing_of
from services.referral.custody.state import Referral
from services.referral.directory.state import Offer
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing


def only_the_two_sides_name_an_escort(acting: Acting, action: str, referral: Referral) -> None:
    """Whoever gives and whoever takes each answer for their own operator, and for nobody else's."""
    _needs(
        acting.may(action, thing_of(referral)),
        "only-the-two-sides-name-an-escort",
        "Your organisation neither gives nor takes in this referral, or your role names no escort.",
        "Leave it to the sender and to the organisation that accepted.",
    )


def only_the_named_escort_is_told_an_address(
    acting: Acting, action: str, referral: Referral
) -> None:
    """A shelter stays secret while few know where it is: who goes there, and nobody beside them."""
    _needs(
        acting.may(action, _address(acting, referral)),
        "only-the-named-escort-is-told-an-address",
        "You are not named as the escort of this person, or your role goes along with nobody.",
        "Ask your organisation to name you, if it is you who goes with them.",
    )


def no_police_and_no_court_is_told_an_address(
    acting: Acting, action: str, referral: Referral
) -> None:
    """What they know can end in a case file that others read (decision 28); a patrol that guards
    a journey follows the escort. No second role helps."""
    rule = "no-police-and-no-court-is-told-an-address"
    _needs(
        rule not in acting.forbidding(action, _address(acting, referral)),
        rule,
        "The address of a shelter is not shown to police and courts.",
        "Go along with the escort whom one of the two sides has named.",
    )


def somebody_has_accepted(referral: Referral) -> str:
    """Before that there is no place to go to."""
    if referral.accepted_by is None:
        raise Refused(
            "somebody-has-accepted",
            "Nobody has accepted this referral.",
            "Wait for the answer of those who were asked.",
        )
    return referral.accepted_by


def an_address_was_kept(offer: Offer) -> None:
    """Nothing can be told that was never said."""
    _needs(
        offer.addressed,
        "an-address-was-kept",
        "The organisation that accepted has kept no address of this service here.",
        "Call its intake and agree on a place to meet.",
        "missing",
    )


def _address(acting: Acting, referral: Referral) -> Thing:
    """Each side names its own: an operator of the same name elsewhere is somebody else."""
    named = referral.escorts.get(acting.organisation)
    return Thing("Address", {"escorts": (named,) if named else ()})


def _needs(
    met: bool, rule: str, because: str, instead: str, kind: RefusalKind = "authority"
) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
