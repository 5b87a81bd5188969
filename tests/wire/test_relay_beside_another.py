"""A relay that lost its lead and does not know: what it confirms late takes nothing back."""

from dataclasses import dataclass
from typing import Any

from shared.runtime.kafka.relay import Relay
from shared.runtime.store import Store
from tests.support.asking import request


class Broker:
    """A producer whose every record arrives, and says so once it is flushed."""

    flushed = False

    def send(self, _topic: str, **_record: Any) -> "Arriving":
        return Arriving(self)

    def flush(self, timeout: float) -> None:
        assert timeout > 0
        self.flushed = True


@dataclass(frozen=True)
class Arriving:
    broker: Broker

    @property
    def is_done(self) -> bool:
        return self.broker.flushed

    def succeeded(self) -> bool:
        return self.is_done


def relayed(store: Store) -> int:
    return sum(row["number"] for row in store.rows("SELECT number FROM relayed"))


def test_a_position_never_moves_back(store: Store) -> None:
    request(store, "booking-1")
    late, leader = Relay(store, Broker()), Relay(store, Broker())
    assert late.step() == 1
    for number in range(2, 9):
        request(store, f"booking-{number}")
    assert leader.step() == 8
    leader.settle()
    assert relayed(store) == 8
    late.settle()
    assert relayed(store) == 8
