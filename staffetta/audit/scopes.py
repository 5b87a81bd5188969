"""One scope of a consent beside another: what was given, what was noted, what was shown. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from staffetta.audit.consents import Said, Scope, Use


def alike(given: Scope | None, noted: Scope | None) -> bool:
    """Whether the one is the other, as far as the one who noted it tells."""
    if given is None or noted is None:
        return given is noted
    same = (given.recipient, given.purpose, given.valid_until)
    return (
        same == (noted.recipient, noted.purpose, noted.valid_until)
        and (_of_unknown_class(noted) or given.recipient_class == noted.recipient_class)
        and noted.categories in (None, given.categories)
    )


def is_older(noted: Scope, *, tells_categories: bool) -> bool:
    """Whether it was noted by a version that did not tell everything: not all can be compared."""
    return _of_unknown_class(noted) or (tells_categories and noted.categories is None)


def otherwise(noted: Scope, given: Sequence[Scope]) -> tuple[str, bool]:
    """How what was noted differs from what was given, in words; and whether it is less, as after a
    narrowing. `given`: what was in force when it was noted before, and what it became since."""
    if not list(_wider(noted, given[-1])):
        return "a consent was noted with another scope than was given", True
    found = [words for scope in (given[0], given[-1]) for words in _wider(noted, scope)]
    return f"a consent was noted {found[0]}", False


def _wider(noted: Scope, given: Scope) -> Iterator[str]:
    if not _same_recipient(noted, given):
        yield "to another recipient than was given"
    if noted.purpose != given.purpose:
        yield "for another purpose than was given"
    if not _fewer(noted, given):
        yield "over more categories than were given"
    if noted.valid_until > given.valid_until:
        yield "for longer than was given"


def covered(use: Use, said: Sequence[Said], since: datetime, clocks: timedelta) -> bool:
    """Whether what became of a consent covers this use at some moment between `since` and then."""
    for place, each in enumerate(said):
        ends = said[place + 1].at if place + 1 < len(said) else None
        stood = each.at <= use.at + clocks and (ends is None or ends > since)
        if stood and each.scope and covers(each.scope, use):
            return True
    return False


def covers(scope: Scope, use: Use) -> bool:
    """Whether the kind of an organisation is the one that was given is for another check."""
    to_them = use.to is None or scope.recipient in (None, use.to)
    return to_them and use.categories <= (scope.categories or frozenset())


def _same_recipient(noted: Scope, given: Scope) -> bool:
    """A class may be narrowed to one of its own."""
    if given.recipient is not None or noted.recipient is not None:
        return given.recipient in (None, noted.recipient)
    return noted.recipient_class in (None, given.recipient_class)


def _fewer(noted: Scope, given: Scope) -> bool:
    return (noted.categories or frozenset()) <= (given.categories or frozenset())


def _of_unknown_class(noted: Scope) -> bool:
    return noted.recipient is None and noted.recipient_class is None
