"""How a command ends. Exit codes: 0 done, 1 a check said no, 2 wrong use.

Beside these: 130 interrupted, 70 a fault of our own. No traceback, whatever happened: it would
show what somebody typed, or what a store holds.
"""

import re
from collections.abc import Sequence
from typing import Any

import typer

from shared.runtime.hold import Held
from shared.trust.access import UnusablePolicies
from shared.trust.kek import OutOfReach
from staffetta.faults import FaultyFile
from staffetta.stores import TROUBLE, Unusable
from staffetta.terminal import complain, err, tell, wrong

CHECK_SAID_NO, WRONG_USE, OUR_FAULT = 1, 2, 70
# These messages of the library repeat what was typed, which may be somebody's name.
_ECHO = re.compile(r"(No such command|No such option|Got unexpected extra argument)")


def ended(app: typer.Typer, words: Sequence[str]) -> int:
    """Run the command line; the exit code."""
    try:
        return int(app(words, prog_name="staffetta", standalone_mode=False) or 0)
    except typer.TyperException as mistake:
        _say_how_it_is_used(mistake)
    except FaultyFile as faulty:
        tell(faulty)
    except Held as held:
        complain(f"Nothing was done: {held.hold.words}. Look with `staffetta lost list`.")
        return CHECK_SAID_NO
    except (OutOfReach, Unusable, UnusablePolicies) as unusable:
        _say_what_is_unusable(unusable)
    except TROUBLE as trouble:
        wrong("--data", f"the stores cannot be used: {trouble}")
    except OSError as trouble:
        wrong("--data", f"the directory cannot be used: {trouble.strerror}")
    except Exception as fault:  # whatever it was: its own words may repeat personal data
        err.print(f"Something is wrong in Staffetta itself ({type(fault).__name__}).")
        err.print("What was confirmed is kept. Please tell whoever looks after Staffetta here.")
        return OUR_FAULT
    return WRONG_USE


def _say_what_is_unusable(what: OutOfReach | Unusable | UnusablePolicies) -> None:
    if isinstance(what, UnusablePolicies):
        wrong("deploy/policies", f"these cannot be used: {what}")
        return
    which = what.file if isinstance(what, Unusable) else "the keys"
    wrong("--data", f"{which} cannot be used: {what.why}")


def _say_how_it_is_used(mistake: Any) -> None:
    """What is wrong, in one line, and where more is said."""
    if type(mistake).__name__ == "NoArgsIsHelpError":
        err.print(mistake.message, highlight=False, markup=False, soft_wrap=True)
        return
    wrong(_which(mistake), _words(mistake))
    command = mistake.ctx.command_path if mistake.ctx else "staffetta"
    err.print(f"Help: {command} --help", style="dim", highlight=False, soft_wrap=True)


def _which(mistake: Any) -> str:
    """The option or argument at fault; empty where none is."""
    if getattr(mistake, "param_hint", None):
        return str(mistake.param_hint)
    param = getattr(mistake, "param", None)
    return str(param.get_error_hint()).strip("'") if param else ""


def _words(mistake: Any) -> str:
    if isinstance(mistake, typer.BadParameter):
        return mistake.message or "must be given"
    echo = _ECHO.match(mistake.message)
    if echo is None:
        return str(mistake.message)
    known = getattr(mistake, "possibilities", None)
    if echo[0] == "No such command":
        known = mistake.ctx.command.commands
    return f"{echo[0]}. There is: {', '.join(known)}" if known else echo[0]
