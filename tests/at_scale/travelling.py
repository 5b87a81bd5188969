"""The whole journey over what was brought up, as `staffetta journey` takes it."""

from rich.console import Console

from staffetta.at_scale.up import Together, one_address
from staffetta.at_scale.visiting import visit
from staffetta.serving import listening


def travelled(running: Together) -> bool:
    """Whether each step had its effect."""
    with one_address(running.services, listening(0)) as address:
        return visit(address, running.directory, Console(quiet=True))
