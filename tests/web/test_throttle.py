"""Strangers ask in measure: a few at once, then one after another, each address for itself."""

from shared.web.throttle import Throttle


class Seconds:
    """A clock to be set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_few_at_once_and_then_one_after_another() -> None:
    clock = Seconds()
    throttle = Throttle(burst=2, seconds=6, clock=clock)
    assert [throttle.wait("192.0.2.1") for _time in range(3)] == [0.0, 0.0, 6.0]
    clock.now += 4
    assert throttle.wait("192.0.2.1") == 2.0
    clock.now += 2
    assert [throttle.wait("192.0.2.1") for _time in range(2)] == [0.0, 6.0]
    clock.now += 3_600
    assert [throttle.wait("192.0.2.1") > 0 for _time in range(3)] == [False, False, True]


def test_each_address_waits_for_itself_and_of_ipv6_each_network() -> None:
    throttle = Throttle(burst=1, seconds=6, clock=Seconds())
    assert throttle.wait("2001:db8::1") == 0
    assert throttle.wait("2001:db8::ffff:1") == 6
    assert throttle.wait("2001:db8:0:1::1") == 0
    assert throttle.wait("192.0.2.1") == 0
    assert throttle.wait("192.0.2.2") == 0
    assert throttle.wait("not an address") == 0
    assert throttle.wait("not an address") == 6


def test_what_is_remembered_has_an_end() -> None:
    throttle = Throttle(burst=1, seconds=6, clock=Seconds())
    for number in range(10_001):
        throttle.wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert throttle.wait("10.0.0.0") == 0, "the one that asked longest ago is forgotten"
    assert throttle.wait("10.0.39.16") == 6, "the last one is not"
