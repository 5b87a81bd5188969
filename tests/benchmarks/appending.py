"""Commands in process, all that the append transaction writes, against the bare contenders."""

from collections.abc import Callable, Iterator
from pathlib import Path

from services.identification.app import SERVICE
from services.identification.cases.decide import CASES
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from shared.runtime.handle import Answer, handle, remember
from shared.runtime.store import Store
from shared.runtime.work import Work
from tests.benchmarks import asked
from tests.benchmarks.bare import INSERT, SAVE, bare
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Contender, Effort, compete, ratio
from tests.support.stores import open_store

AIM = 0.6
_WHOLE = "the whole append of a GiveConsent"
_PLAIN, _PUBLISHED, _SEALED = "ReportContact", "GiveConsent", "ReportContact, two fields sealed"
_AIMED = {_WHOLE, _PLAIN, _PUBLISHED}


def append(kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """The whole append is what the bare save is to be compared with: the event, its outbox row, its
    audit leaf, its read tables and an answer under a key, of what is decided already. The others
    are whole commands: is the key known, load, decide, append.

    `GiveConsent` writes to the outbox as well. Sealing makes keys durable in a file of their own
    first, one more commit for each class of data: it is shown, and the aim is not about it.
    """
    store = open_store(kind, SERVICE, directory)
    contenders = [
        Contender(_WHOLE, _appending(store, (effort.rounds + 1) * effort.each)),
        Contender(_PLAIN, _reporting(store, asked.report)),
        Contender(_PUBLISHED, _consenting(store, (effort.rounds + 1) * effort.each)),
        Contender(_SEALED, _reporting(store, asked.told_report)),
    ]
    rates = compete([*contenders, *bare(store, directory)], effort)
    for name in (SAVE, INSERT):
        yield Figure(f"in process: {name}", kind, f"{rates[name].text(',.0f')} /s")
    for name in (contender.name for contender in contenders):
        yield Figure(f"in process: {name}", kind, f"{rates[name].text(',.0f')} /s")
        of_save = ratio(rates, name, SAVE)
        aim = (f"at least {AIM}", of_save.median >= AIM) if name in _AIMED else ("", None)
        yield Figure(f"in process: {name} / {SAVE}", kind, of_save.text(), *aim)
        yield Figure(f"in process: {name} / {INSERT}", kind, ratio(rates, name, INSERT).text())
    store.close()


def _reporting(store: Store, command: Callable[[], ReportContact]) -> Callable[[int], None]:
    def run(times: int) -> None:
        for _ in range(times):
            by = asked.acting()
            handle(store, CONTACTS, f"contact-{by.fresh}", command(), by, key=asked.key(by))

    return run


def _appending(store: Store, commands: int) -> Callable[[int], None]:
    """The decisions are taken beforehand: only their appends are measured."""
    decided = iter([_decided(store) for _ in range(commands)])

    def run(times: int) -> None:
        for _ in range(times):
            next(decided).commit()

    return run


def _decided(store: Store) -> Work:
    begun = Work(store)
    case = asked.begin_case(begun, (asked.INFORMATION,))
    begun.commit()
    work, by = Work(store), asked.acting()
    work.decide(CASES, case, asked.consent(), by)
    remember(work, asked.key(by), Answer(case, work.version(CASES, case)))
    return work


def _consenting(store: Store, commands: int) -> Callable[[int], None]:
    """The cases are made beforehand: only the consent is measured."""
    work = Work(store)
    cases = iter([asked.begin_case(work, (asked.INFORMATION,)) for _ in range(commands)])
    work.commit()

    def run(times: int) -> None:
        for _ in range(times):
            by = asked.acting()
            handle(store, CASES, next(cases), asked.consent(), by, key=asked.key(by))

    return run
