"""Asking the invented service `bookings` for something, as an operator of a desk."""

from datetime import datetime

from shared.runtime.facts import Acting, Request
from shared.runtime.handle import Answer, Key, handle
from shared.runtime.loading import load
from shared.runtime.store import Store
from tests.support.bookings import BOOKINGS, DESKS, NOW, Booking, OpenDesk, RequestInterpreter


def by(operator: str = "op-1", now: datetime = NOW) -> Acting:
    return Acting(operator, "desk", now)


def ask(
    store: Store,
    stream: str,
    command: Request,
    *,
    key: str | None = None,
    expected: int | None = None,
    operator: str = "op-1",
) -> Answer:
    """Put a command to a booking."""
    chosen = Key(f"desk/{operator}", key) if key else None
    acting = by(operator)
    return handle(store, BOOKINGS, stream, command, acting, key=chosen, expected=expected)


def request(store: Store, stream: str, language: str = "sq") -> Answer:
    return ask(store, stream, RequestInterpreter(language=language))


def open_desk(store: Store, stream: str, seats: int) -> Answer:
    return handle(store, DESKS, stream, OpenDesk(seats=seats), by())


def booking(store: Store, stream: str) -> Booking:
    state, _version = load(store, BOOKINGS, stream)
    assert isinstance(state, Booking)
    return state
