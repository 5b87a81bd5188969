"""The rules of the network, one sentence each, with where they come from."""

from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def only_the_coordinator_sets_terms(acting: Acting) -> None:
    """Design, section 1: the network's coordinator speaks for it."""
    if not acting.may("SetTerms", Thing("Network")):
        raise Refused(
            "only-the-coordinator-sets-terms",
            "Your role does not set the network's terms.",
            "Ask the coordinator.",
            "authority",
        )


def whoever_is_bound_by_the_terms_sees_them(acting: Acting) -> None:
    """Who has to answer in time has to know the time; who only counts has not."""
    if not acting.may("SeeTerms", Thing("Network")):
        raise Refused(
            "whoever-is-bound-by-the-terms-sees-them",
            "The network's terms are not for your role.",
            "Ask the coordinator.",
            "authority",
        )
