"""A clock that the database server's contradicts is not believed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.runtime.clock import ClockWrong, agreed, clock_trouble
from shared.runtime.inbox import TROUBLE
from shared.runtime.store import Store
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


@pytest.mark.parametrize("off", [DAY, -DAY])
def test_a_clock_that_is_set_is_not_believed_for_a_moment(postgres: Store, off: timedelta) -> None:
    """The server was asked just now, and would not be asked again for five seconds."""
    wrong = [timedelta(0)]
    now = agreed(postgres, lambda: datetime.now(UTC) + wrong[0])
    now()
    wrong[0] = off
    with pytest.raises(ClockWrong):
        now()
    assert "more than a minute apart" in clock_trouble(now)
    wrong[0] = timedelta(0)
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert not clock_trouble(now)


def test_the_server_is_not_asked_each_time(postgres: Store) -> None:
    now = agreed(postgres, lambda: datetime.now(UTC))
    now()
    postgres.close()
    assert now() <= datetime.now(UTC)
