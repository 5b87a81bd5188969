"""The rules of the network, one sentence each, with where they come from."""

from shared.codes import Role
from shared.runtime.facts import Refused


def only_the_coordinator_sets_terms(roles: frozenset[str]) -> None:
    """Design, section 1: the network's coordinator speaks for it."""
    if Role.COORDINATOR not in roles:
        raise Refused(
            "only-the-coordinator-sets-terms",
            "Your role does not set the network's terms.",
            "Ask the coordinator.",
            "authority",
        )
