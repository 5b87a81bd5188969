"""The rules of how a consent ends, and of who answers for it, with where they come from."""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.identification.cases.consent_policies import is_live
from services.identification.cases.consent_state import Consent
from shared.codes import ConsentEnd, DataCategory, HolderAction
from shared.rules.listing import who_may_list_all_lists_all_and_others_their_own
from shared.runtime.facts import Acting, RefusalKind, Refused
from shared.trust.access import Thing


def only_a_known_consent_is_withdrawn(consent: Consent | None) -> Consent:
    """A withdrawal names what it takes back (Regulation (EU) 2016/679, art. 7(3))."""
    if consent is None:
        raise Refused(
            "only-a-known-consent-is-withdrawn",
            "This case has no such consent.",
            "Look at the consents of the case, and name one of them.",
            "missing",
        )
    return consent


def who_was_asked_acknowledges(acting: Acting, asked: Collection[str]) -> None:
    """Design, rule 3: each holder acknowledges, and for itself. Who was not asked learns nothing
    of the case, not even that it exists."""
    _needs(
        acting.may("AcknowledgeWithdrawal", Thing("Withdrawal", {"holders": asked})),
        "who-was-asked-acknowledges",
        "There is nothing for your organisation to acknowledge here.",
        "Look at the withdrawals of your own organisation.",
        "missing",
    )


def the_coordinator_lists_all_withdrawals_and_others_their_own(acting: Acting) -> str | None:
    """Design, rule 3: whose withdrawals are listed; None for those of all."""
    otherwise = Refused(
        "the-coordinator-lists-all-withdrawals-and-others-their-own",
        "Your role does not list withdrawals.",
        "Ask a case manager of your organisation, or the coordinator.",
        "authority",
    )
    return who_may_list_all_lists_all_and_others_their_own(acting, "ListWithdrawals", otherwise)


def nothing_held_stands_alone(did: Collection[HolderAction]) -> None:
    """Who held nothing had nothing to stop, to destroy or to keep."""
    _needs(
        HolderAction.NOTHING_HELD not in did or len(set(did)) == 1,
        "nothing-held-stands-alone",
        "It says that nothing was held, and that something was done about it.",
        "Say either what was done, or that nothing was held.",
        "content",
    )


def only_an_end_in_time_leaves_something_for_care(
    did: Collection[HolderAction], ends: Collection[ConsentEnd]
) -> None:
    """A date that passed is not the person's word: nobody is put out of a bed for it. Where the
    person did say so, nothing is kept (Regulation (EU) 2016/679, art. 7(3) and 17(1)(b))."""
    _needs(
        HolderAction.KEPT_FOR_CARE not in did or set(ends) == {ConsentEnd.EXPIRED},
        "only-an-end-in-time-leaves-something-for-care",
        "The person took the consent back, or a part of it: nothing is kept.",
        "Stop, destroy your copy, and say so.",
        "state",
    )


def renewal(consent: Consent, consents: Mapping[str, Consent], now: datetime) -> Consent | None:
    """The live consent to the same recipient for the same purpose that lasts longest beyond it."""
    later = [
        other
        for other in consents.values()
        if _same_scope(other, consent)
        and is_live(other, now)
        and other.valid_until > consent.valid_until
    ]
    return max(later, key=lambda other: other.valid_until, default=None)


def read_under(
    consent: Consent, consents: Mapping[str, Consent]
) -> Mapping[str, tuple[DataCategory, ...]]:
    """What each organisation was shown under it, and under those before it that it renewed: who
    was allowed to keep what they had read was not asked when those ended."""
    shown = [
        (organisation, categories)
        for other in consents.values()
        for organisation, categories in other.read.items()
        if other == consent or (other.expired and _renewed_for(organisation, other, consent))
    ]
    read: dict[str, set[DataCategory]] = {}
    for organisation, categories in shown:
        read.setdefault(organisation, set()).update(categories)
    return {organisation: tuple(sorted(of)) for organisation, of in read.items()}


def _renewed_for(organisation: str, earlier: Consent, consent: Consent) -> bool:
    """Also where a class was renewed and then narrowed to the organisation."""
    if consent.recipient == organisation:
        return earlier.purpose == consent.purpose
    return _same_scope(earlier, consent)


def _same_scope(one: Consent, other: Consent) -> bool:
    recipient = (one.recipient, one.recipient_class, one.purpose)
    return recipient == (other.recipient, other.recipient_class, other.purpose)


def _needs(met: bool, rule: str, because: str, instead: str, kind: RefusalKind) -> None:
    if not met:
        raise Refused(rule, because, instead, kind)
