"""How far a topic says that its sender told: not as far as somebody else's number."""

import pytest

from shared.runtime.kafka.remembering import last_told
from shared.runtime.message import Message


def records(*numbers: int) -> list[Message]:
    return [
        Message("referral", "staffetta.referral.events", 0, number, str(number), "t", "c", "", "")
        for number in numbers
    ]


@pytest.mark.parametrize(
    ("numbers", "last"),
    [
        ([1, 2, 3], 3),
        ([1, 2, 3, 1003, 1003], 3),  # a number that jumps, twice
        ([0, 7, 8, 9], 9),  # a low one says nothing about what follows
        ([8, 9, 8, 9, 10], 10),  # sent again by a relay that was killed
        ([5], 5),  # all that its retention left
        ([1], 1),
        ([5, 1005], 1005),  # no telling which: rather held than a number given twice
    ],
)
def test_the_last_number_that_follows_another_is_the_senders(numbers: list[int], last: int) -> None:
    told = last_told(records(*numbers))
    assert told is not None
    assert told.number == last


def test_an_empty_lane_tells_nothing() -> None:
    assert last_told([]) is None
