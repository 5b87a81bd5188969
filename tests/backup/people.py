"""Invented people on their way through an installation, so that each service tells something."""

from contextlib import closing
from pathlib import Path

from services.assistance.commands import CloseProgramme
from services.assistance.decide import PROGRAMMES
from services.identification.cases.commands import DiscloseDossier, WithdrawConsent
from shared.codes import ClosureKind, DataCategory, Purpose
from shared.runtime.facts import Acting
from shared.runtime.regaining import accept
from staffetta.backup.embedded import bring_back, save
from staffetta.four import FOUR
from staffetta.installation import Installation, now, open_installation
from tests.wire.relaying import SHELTER, Asking, handed_over, met, offered

NAMES = [part.name for part in FOUR]
TELLS = ("identification", "referral", "assistance")
BY = Acting("command-line", "this-installation", now())
SHOW = DiscloseDossier(purpose=Purpose.REFERRAL, categories=(DataCategory.NARRATIVE,))
PARTS = {part.name: part for part in FOUR}


def travelled(asking: Asking, *, withdrawn: bool = True) -> tuple[str, str]:
    """A person from the first contact to the shelter; the case and the consent."""
    case, consent = met(asking)
    asking.heard()
    referral = handed_over(asking, case, consent)
    asking.heard()
    if withdrawn:
        withdraw(asking, case, consent)
        closing_down = CloseProgramme(referral=referral, closure=ClosureKind.CONSENT_WITHDRAWN)
        asking.ask("assistance", PROGRAMMES, case, closing_down, SHELTER)
        asking.heard()
    return case, consent


def withdraw(asking: Asking, case: str, consent: str) -> None:
    asking.of_a_case(case, WithdrawConsent(consent=consent), SHELTER)
    asking.heard()


def saved_midway(data: Path, directory: Path) -> tuple[str, str, str]:
    """A backup of all four, after which others saw more: a person before it, and one after it.

    Gives the first case, with its consent, which is withdrawn after the backup; and the second.
    """
    with closing(open_installation(data)) as installation:
        asking = Asking(installation)
        offered(asking)
        case, consent = travelled(asking, withdrawn=False)
        save(data, NAMES, directory)
        withdraw(asking, case, consent)
        later, _consent = travelled(asking)
    return case, consent, later


def restored(data: Path, directory: Path, *names: str) -> None:
    bring_back(directory, names or NAMES, data)


def accepted(installation: Installation, name: str) -> tuple[int, int]:
    """How many were given back, and how many are lost for good."""
    watch = installation.watch(name)
    lost = accept(watch.store, watch.hearers, "a disk broke", BY, PARTS[name].regain)
    return sum(len(each.told) for each in lost), sum(each.for_good for each in lost)
