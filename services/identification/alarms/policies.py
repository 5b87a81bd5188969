"""The rules of alarms, one sentence each, with where they come from."""

from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def the_coordinator_sees_what_waits(acting: Acting) -> None:
    """Design, rule 3: a missing acknowledgement raises an alarm, with whoever can ask after it."""
    if not acting.may("ListAlarms", Thing("Network")):
        raise Refused(
            "the-coordinator-sees-what-waits",
            "Alarms are the coordinator's list.",
            "Look at what your own organisation has still to do: its withdrawals.",
            "authority",
        )
