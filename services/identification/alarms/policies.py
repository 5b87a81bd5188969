"""The rules of alarms, one sentence each, with where they come from."""

from shared.codes import Role
from shared.runtime.facts import Refused


def the_coordinator_sees_what_waits(roles: frozenset[str]) -> None:
    """Design, rule 3: a missing acknowledgement raises an alarm, with whoever can ask after it."""
    if Role.COORDINATOR not in roles:
        raise Refused(
            "the-coordinator-sees-what-waits",
            "Alarms are the coordinator's list.",
            "Look at what your own organisation has still to do: its withdrawals.",
            "authority",
        )
