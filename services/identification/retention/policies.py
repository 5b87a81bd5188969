"""The rules of retention, one sentence each, with where they come from."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date

from services.identification.retention.rules import Kept, LegalHold
from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def only_the_coordinator_says_what_must_be_kept(acting: Acting) -> None:
    """Regulation (EU) 2016/679, art. 26(1): who runs the network together says who answers for
    what; the coordinator speaks for all."""
    if not acting.may("SetRetention", Thing("Network")):
        raise Refused(
            "only-the-coordinator-says-what-must-be-kept",
            "Your role does not set the network's retention rules.",
            "Ask the coordinator.",
            "authority",
        )


def nothing_under_a_legal_hold_is_erased(
    holds: Iterable[LegalHold], case: str, today: date
) -> None:
    """Regulation (EU) 2016/679, art. 17(3)(e): for legal claims."""
    for hold in holds:
        if hold.case == case and (hold.until is None or today < hold.until):
            when = (
                f"from {hold.until} on" if hold.until else "when the hold is off the network file"
            )
            raise Refused(
                "nothing-under-a-legal-hold-is-erased",
                f"A legal hold is on this case ({hold.basis}):"
                " Regulation (EU) 2016/679, art. 17(3)(e).",
                f"Ask again {when}; tell the person why, and that they may complain to the"
                " supervisory authority (art. 12(4)).",
            )


def what_must_be_kept_is_not_erased_before_its_time(
    keep: Iterable[Kept], running: Collection[str], closed_on: date | None, today: date
) -> None:
    """Regulation (EU) 2016/679, art. 17(3)(b): where a law demands that it be kept.

    `running`: the organisations whose programme goes on; `closed_on`: when the last one closed,
    none where there never was a programme: then nothing counts from its closure.
    """
    for rule in keep:
        until = _months_after(closed_on, rule.months_after_closure) if closed_on else None
        if running or (until and today < until):
            when = f"from {until} on" if until and not running else "when the programme has closed"
            raise Refused(
                "what-must-be-kept-is-not-erased-before-its-time",
                f"Data of the category {rule.category} is kept for {rule.months_after_closure}"
                f" months after a programme has closed ({rule.basis}):"
                " Regulation (EU) 2016/679, art. 17(3)(b).",
                f"Ask again {when}; tell the person why, and that they may complain to the"
                " supervisory authority (art. 12(4)).",
            )


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
