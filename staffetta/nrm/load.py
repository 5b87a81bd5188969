"""Every person of the published rows becomes a contact, a case and a referral.

Through the same commands as in the API, in batches of one append each. Each person has a key of
their own, made of the row's identity and their number in it: a batch that was cut off, or loaded
again from another place, counts nobody twice.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count, islice

from shared.runtime.handle import Answer, answered, in_rounds, remember
from shared.runtime.store import Store
from shared.runtime.work import Work
from staffetta.installation import Installation, settle
from staffetta.nrm.asking import identify, refer
from staffetta.nrm.people import SCOPE, Person, people
from staffetta.nrm.rows import Row

_BATCH = 500
Put = Callable[[Work, Person], Answer]


def load(installation: Installation, rows: Sequence[Row], progress: Callable[[int], None]) -> None:
    """Load everybody who is not yet there; `progress(n)` after each batch of n people."""
    everyone = people(rows)
    identification = _Loaded(installation.stores["identification"])
    referral = _Loaded(installation.stores["referral"])
    while batch := list(islice(everyone, _BATCH)):
        identification.add(batch, identify)
        if referral.lacks(batch):
            settle(installation)
            referral.add(batch, partial(refer, cases=identification.known))
        progress(len(batch))
    settle(installation)


class _Loaded:
    """Whom one service knows already, by key. Another process may be loading beside this one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known = answered(store, SCOPE)

    def lacks(self, batch: Sequence[Person]) -> list[Person]:
        return [person for person in batch if person.key.key not in self.known]

    def add(self, batch: Sequence[Person], put: Put) -> None:
        """Put those who are not there yet, all in one append."""
        rounds = count(1)

        def once() -> None:
            if next(rounds) > 1:
                self.known |= answered(self._store, SCOPE)
            work, answers = Work(self._store), {}
            for person in self.lacks(batch):
                answers[person.key.key] = put(work, person)
                remember(work, person.key, answers[person.key.key])
            if answers:
                work.commit()
            self.known |= answers

        in_rounds(once)
