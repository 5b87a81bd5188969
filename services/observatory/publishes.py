"""What others may hear of the observatory: nothing yet. Releases come with disclosure control."""

from collections.abc import Callable, Sequence

from shared.runtime.facts import Public, Recorded


def public(_recorded: Recorded, _pseudonym: Callable[[str], str]) -> Sequence[Public]:
    return ()
