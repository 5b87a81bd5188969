"""Who may have a person erased, and what an erased case still takes."""

from collections.abc import Mapping
from typing import Any

from services.identification.cases.erasure_state import Erasing
from services.identification.cases.state import Open
from shared.runtime import forgetting
from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def only_the_custodians_case_manager_or_the_coordinator_asks_for_erasure(
    acting: Acting, action: str, custodian: str
) -> None:
    """Regulation (EU) 2016/679, art. 17(1) and 26(3): the person may turn to any of those who run
    the network; whoever works with them, or the coordinator, puts it for them."""
    if not acting.may(action, Thing("Case", {"custodian": custodian})):
        raise Refused(
            "only-the-custodians-case-manager-or-the-coordinator-asks-for-erasure",
            "You are neither a case manager of this case's custodian nor the coordinator.",
            "Pass the person's request on to one of them at once.",
            "authority",
        )


def an_erased_case_takes_nothing_more(case: Open | Erasing) -> Open:
    """Regulation (EU) 2016/679, art. 17(1): nothing is begun again about somebody who is erased."""
    if isinstance(case, Erasing):
        raise forgetting.refused()
    return case


def an_erasure_was_requested(erasure: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """There is nothing to be seen of an erasure that nobody asked for."""
    if erasure is None:
        raise Refused(
            "an-erasure-was-requested",
            "Nobody has asked for the erasure of this case.",
            "Request it, if the person wishes to be forgotten.",
            "missing",
        )
    return erasure
