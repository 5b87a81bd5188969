"""A clock that the database server's contradicts is not believed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.runtime.inbox import TROUBLE
from shared.runtime.store import Store
from staffetta.at_scale.clock import ClockWrong, agreed
from tests.support.bookings import SERVICE
from tests.support.places import new_place

DAY = timedelta(days=1)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Store]:
    opened = new_place("postgres", tmp_path).open(SERVICE)
    yield opened
    opened.close()


@pytest.mark.parametrize("off", [DAY, -DAY, timedelta(minutes=2)])
def test_a_clock_that_is_wrong_either_way_is_refused_until_it_is_right(
    postgres: Store, off: timedelta
) -> None:
    wrong = [off]
    now = agreed(postgres, lambda: datetime.now(UTC) + wrong[0])
    for _ in range(2):
        with pytest.raises(ClockWrong):
            now()
    wrong[0] = timedelta(0)
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_clock_that_is_a_little_off_is_believed(postgres: Store) -> None:
    now = agreed(postgres, lambda: datetime.now(UTC) + timedelta(seconds=20))
    assert now() > datetime.now(UTC) + timedelta(seconds=10)


def test_it_is_trouble_of_the_machine_and_no_fault_of_a_message() -> None:
    assert issubclass(ClockWrong, TROUBLE)
