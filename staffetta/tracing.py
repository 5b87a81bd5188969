"""The trace of a case across the services that know cases."""

import re

from shared.runtime.facts import Acting
from shared.runtime.trace import TraceLine
from shared.runtime.work import Work
from staffetta.four import FOUR
from staffetta.installation import Installation, fresh, now


def is_a_case(text: str) -> bool:
    """Whether a text has the form of a case's id. No other stream is shown as one."""
    return re.fullmatch("case-[0-9a-f]{32}", text) is not None


def trace_across(installation: Installation, case: str) -> list[TraceLine]:
    """Every change, refusal and read of a case, oldest first. The read is itself recorded."""
    lines: list[TraceLine] = []
    for part in FOUR:
        if part.trace_of is not None:
            store = installation.stores[part.name]
            found = part.trace_of(store, case)
            lines += found
            if found:
                work = Work(store)
                acting = Acting("command-line", "this-installation", now(), frozenset(), fresh())
                work.entry("read", case, acting, what="the trace")
                work.commit()
    return sorted(lines, key=lambda line: line.at)
