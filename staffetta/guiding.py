"""Where to look next, in lines that can be copied into a terminal."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from staffetta.accounts import operators
from staffetta.demo import NETWORK
from staffetta.terminal import say

NO_NETWORK = "Load a network file first: `staffetta serve --network FILE`"


def look_again(case: str, data: Path) -> None:
    say(f"\nThe trace again:  {_command('trace', case, '--data', str(data))}")


def serving(address: str, data: Path) -> None:
    say(f"\nServing at {address} (data in {data}). Ctrl-C stops.")


def sign_in(data: Path) -> None:
    """How an operator's requests are let in, or why none can be yet."""
    known = operators(data)
    if known:
        say(f"A token:  {_command('token', known[0], '--data', str(data))}")
        say(f"Accounts: {', '.join(known)}")
    else:
        example = _command("serve", "--network", _near(NETWORK), "--data", str(data))
        say("No network is loaded here yet, so that nobody has an account. Stop, and start with")
        say(f"a network file:  {example}")


def ask_over_http(address: str, path: str, data: Path) -> None:
    """A request as the coordinator, with a token issued on the way."""
    token = _command("token", "op-coordinator-1", "--data", str(data))
    say(f'Over HTTP:        curl -H "Authorization: Bearer $({token})" {address}{path}')


def _command(*words: str) -> str:
    """The command line as it was called here, so that it works again from the same place."""
    return shlex.join([*_program(), *words])


def _program() -> list[str]:
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return [_near(Path(sys.executable)), "-m", "staffetta"]
    on_the_path = shutil.which(called.name)
    if on_the_path and Path(on_the_path).resolve() == called.resolve():
        return [called.name]
    return [str(called)]


def _near(path: Path) -> str:
    """A path as it is seen from here."""
    here = os.path.relpath(path)
    return str(path) if here.startswith("..") else here
