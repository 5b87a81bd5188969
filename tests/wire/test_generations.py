"""A log of which something is lost for good goes on under another name, openly. Both stores."""

import pytest

from shared.runtime.checkpoints import checkpoint, generation_of, origin_of, sign_head, verifier_for
from shared.runtime.facts import Refused
from shared.runtime.looking import StoreHearer, Watch
from shared.runtime.regaining import accept
from shared.runtime.store import Store
from shared.runtime.witnessing import Found
from shared.trust.notes import opened
from tests.support.asking import by
from tests.wire.test_looking import nothing
from tests.wire.witnesses import grew, looked, rolled_back


def test_an_accepted_loss_begins_a_generation_that_is_cosigned_again(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    rolled_back(store, 1)
    hearers = [StoreHearer(other)]
    watch = Watch(store, hearers)
    watch.look()
    accept(store, hearers, "a disk broke", by(), nothing)
    assert watch.look() is None
    (row,) = store.rows("SELECT entry FROM audit ORDER BY idx DESC LIMIT 1")
    assert '"kind":"loss","lanes":[],"log":[1,2]' in row["entry"]
    grew(store, "booking-9")
    assert looked(other, store) is Found.COSIGNED
    last = checkpoint(store)
    assert last is not None
    assert opened(last[1], verifier_for(store)).origin == origin_of(store.service.name, 2)
    notes = other.rows("SELECT origin FROM witnessed ORDER BY generation")
    assert [row["origin"] for row in notes] == [
        origin_of(store.service.name),
        origin_of(store.service.name, 2),
    ], "what was lost stays known"


def test_a_loss_of_the_log_is_not_accepted_while_somebody_was_not_asked(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1")
    looked(other, store)
    rolled_back(store, 0)
    away = StoreHearer(other)
    away.seen = None  # type: ignore[assignment,method-assign]  # whoever asks it gets no answer
    with pytest.raises(Refused) as refused:
        accept(store, [away], "a disk broke", by(), nothing)
    assert refused.value.rule == "everybody-is-asked-before-a-loss-is-accepted"


def test_a_log_that_went_back_behind_an_accepted_loss_is_noticed(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    rolled_back(store, 1)
    hearers = [StoreHearer(other)]
    accept(store, hearers, "a disk broke", by(), nothing)
    grew(store, "booking-3", "booking-4")
    assert looked(other, store) is Found.COSIGNED
    with store.transaction(commit=True) as run:
        run("DELETE FROM audit_generations")
        run("DELETE FROM checkpoints")
    sign_head(store)
    assert looked(other, store) is Found.SHORTER
    assert Watch(store, hearers).look() is not None
    accept(store, hearers, "a disk broke again", by(), nothing)
    assert generation_of(store) == 3, "one that nobody has seen"
