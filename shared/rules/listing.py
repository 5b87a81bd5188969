"""Whose things a list shows."""

from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def who_may_list_all_lists_all_and_others_their_own(
    acting: Acting, action: str, otherwise: Refused
) -> str | None:
    """The organisation whose things are listed; None for those of all. Which roles may, and how
    far, is the policies' to say (decision 0030). Raises `otherwise` where they allow neither."""
    if acting.may(action, Thing("Network")):
        return None
    if not acting.may(action, Thing("Organisation", {"name": acting.organisation})):
        raise otherwise
    return acting.organisation
