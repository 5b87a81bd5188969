"""What four services tell of three people over some months, exported together."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.assistance.decide import PROGRAMMES
from services.assistance.notes.commands import DiscloseNotes
from services.identification.cases.commands import NarrowConsent, WithdrawConsent
from shared.codes import DataCategory, OrganisationKind, Purpose
from shared.runtime.store import Store
from staffetta.audit.exporting import export
from staffetta.installation import now, open_installation
from tests.audit.exported import Exported, unseen
from tests.support.web import Clock
from tests.wire.relaying import SHELTER, Asking, consenting, handed_over, met, offered

NOTES = DiscloseNotes(purpose=Purpose.REFERRAL, categories=(DataCategory.NARRATIVE,))


@dataclass(frozen=True)
class Months:
    """`directory`: the export of all; `stores` and `clock` as they were left."""

    directory: Path
    stores: Mapping[str, Store]
    clock: Clock

    def of(self, service: str) -> Exported:
        """The export of one of them, to be doctored."""
        return Exported(self.directory, self.stores[service])


def months(place: Path) -> Months:
    """The stores are closed: their keys still sign."""
    clock = Clock(now().replace(microsecond=0))
    with closing(open_installation(place / "var", clock)) as installation:
        asking = Asking(installation, clock)
        offered(asking)
        asking.heard()
        _helped_and_narrowed(asking, clock)
        _withdrawn_while_nobody_heard(asking, clock)
        _withdrawn_at_last(asking, clock)
        exported_at(installation.stores, place / "export", clock)
        return Months(place / "export", dict(installation.stores), clock)


def exported_at(stores: Mapping[str, Store], directory: Path, clock: Clock) -> None:
    """A minute later than whatever was written last."""
    clock.now += timedelta(minutes=1)
    export(stores, directory, lambda: int(clock().timestamp()), lambda _name: unseen)


def shown(asking: Asking, case: str) -> None:
    asking.ask("assistance", PROGRAMMES, case, NOTES, SHELTER)


def _helped(asking: Asking) -> tuple[str, str]:
    """The case and its consent: handed over to the shelter, which was shown its notes."""
    case, consent = met(asking)
    asking.heard()
    handed_over(asking, case, consent)
    asking.heard()
    shown(asking, case)
    return case, consent


def _helped_and_narrowed(asking: Asking, clock: Clock) -> None:
    """Withdrawn a month later, and heard at once; another consent is given, and narrowed."""
    case, consent = _helped(asking)
    asking.of_a_case(case, consenting(300, recipient_class=OrganisationKind.NGO), SHELTER)
    asking.heard()
    clock.now += timedelta(days=30)
    less = NarrowConsent(consent=consent, categories=(DataCategory.NARRATIVE,))
    asking.of_a_case(case, less, SHELTER)
    asking.heard()
    clock.now += timedelta(days=1)
    asking.of_a_case(case, WithdrawConsent(consent=consent), SHELTER)
    asking.heard()
    later = consenting(200, recipient=SHELTER)
    asking.of_a_case(case, later, SHELTER)
    asking.heard()
    clock.now += timedelta(days=1)
    shown(asking, case)


def _withdrawn_while_nobody_heard(asking: Asking, clock: Clock) -> None:
    """Heard three hours later; something was shown meanwhile."""
    case, consent = _helped(asking)
    clock.now += timedelta(days=30)
    asking.of_a_case(case, WithdrawConsent(consent=consent), SHELTER)
    clock.now += timedelta(hours=1)
    shown(asking, case)
    clock.now += timedelta(hours=2)
    asking.heard()


def _withdrawn_at_last(asking: Asking, clock: Clock) -> None:
    """Nobody had heard of it when the logs were exported."""
    case, consent = met(asking)
    asking.heard()
    clock.now += timedelta(days=10)
    asking.of_a_case(case, WithdrawConsent(consent=consent))
