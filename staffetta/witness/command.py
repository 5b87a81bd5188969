"""`staffetta witness`: watch the audit logs of a network from outside, and cosign them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import httpx
import typer

from shared.runtime.checkpoints import NotAWitness
from shared.runtime.witnessing import Found, Watched, witness
from shared.trust.notes import NotANote
from shared.web.logs import HttpLog
from staffetta.four import FOUR
from staffetta.installation import seconds
from staffetta.terminal import complain, say
from staffetta.witness.state import State, Unusable

_PATIENCE_SECONDS = 20.0
_WELL = {Found.COSIGNED, Found.NOTHING_NEW}


Address = Annotated[
    str, typer.Argument(metavar="URL", help="Where the network's four services answer.")
]
Kept = Annotated[
    Path, typer.Option(metavar="DIR", file_okay=False, help="Where this witness keeps all.")
]
Name = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The first time: by what name others know it."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        dir_okay=False,
        help="A file with an auditor's token, read anew each time. Else STAFFETTA_TOKEN.",
    ),
]
Every = Annotated[
    int, typer.Option(min=1, max=86_400, metavar="SECONDS", help="How often it looks.")
]
Once = Annotated[bool, typer.Option("--once", help="Look once, and stop.")]


def watch_from_outside(  # noqa: PLR0913, PLR0917  # a command has so many options
    address: Address,
    state: Kept,
    name: Name = None,
    token: TokenFile = None,
    every: Every = 60,
    once: Once = False,
) -> None:
    """Witness a network's audit logs, for an agency outside it.

    Fetches each log's checkpoint and tiles, verifies that the log only grew since it was seen
    last, keeps what it saw, and gives the service its cosignature. What does not continue is
    never cosigned: it is kept as a proof, and shown to the service, which then takes no commands
    until somebody has decided. With `--once` it ends with 1 where one of the logs is not well.
    """
    _is_usable(address, token)
    memory = _memory(state, name)
    with httpx.Client(timeout=_PATIENCE_SECONDS) as http:
        well = _round(memory, address, http, token)
        while not once:
            time.sleep(every)
            well = _round(memory, address, http, token)
    if not well:
        raise typer.Exit(1)


def _is_usable(address: str, token: Path | None) -> None:
    """Before a witness is made that could never see anything."""
    if not address.startswith(("http://", "https://")):
        raise typer.BadParameter("an address begins with https://", param_hint="URL")
    try:
        told = _token(token)()
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter("it cannot be read", param_hint="--token") from None
    if not told:
        why = "there is no token: ask the network for an auditor's, and name its file"
        raise typer.BadParameter(why, param_hint="--token")


def _memory(state: Path, name: str | None) -> State:
    try:
        memory = State(state, name)
    except Unusable as trouble:
        raise typer.BadParameter(trouble.why, param_hint="--state") from None
    say(f"This witness is {memory.verifier}")
    return memory


def _round(memory: State, address: str, http: httpx.Client, token: Path | None) -> bool:
    """Look at each log once; whether all of them were well."""
    looked = [_looked(memory, part.name, address, http, _token(token)) for part in FOUR]
    return all(looked)


def _looked(
    memory: State, service: str, address: str, http: httpx.Client, token: Callable[[], str]
) -> bool:
    log = HttpLog(service, http, token, f"{address.rstrip('/')}/{service}")
    try:
        found = witness(memory, log, seconds)
        if found not in _WELL:
            _keep_proof(memory, log)
    except httpx.HTTPStatusError as refused:
        found_words = _refusal(refused.response.status_code)
    except (httpx.TransportError, httpx.InvalidURL):
        found_words = "it does not answer"
    except NotAWitness as wrong:
        found_words = wrong.why
    except (NotANote, OSError, ValueError):
        found_words = "what it says, or what is kept of it, cannot be read"
    else:
        found_words = found.value if found in _WELL else f"NOT COSIGNED: {found.value}"
        if found in _WELL:
            say(f"{service}: {found_words}{_seen(memory, service)}")
            return True
    complain(f"{service}: {found_words}{_seen(memory, service)}")
    return False


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"it refuses the token ({status}): ask for another, of an auditor"
    if status == 404:
        return "no log is there (404): look whether the address is the network's"
    return f"it answers with {status}"


def _seen(memory: State, service: str) -> str:
    kept = memory.kept(service)
    return f" ({kept.size} entries seen)" if kept else ""


def _keep_proof(memory: State, log: Watched) -> None:
    if note := log.checkpoint():
        memory.refused(log.service, note)


def _token(file: Path | None) -> Callable[[], str]:
    def told() -> str:
        return file.read_text().strip() if file else os.environ.get("STAFFETTA_TOKEN", "")

    return told
