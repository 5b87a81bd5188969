"""A service invented for the tests of the runtime: interpreters are booked at desks.

It has what any service has (names, tables, topics, deadlines, a second stream beside a decision)
and no word of the domain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, assert_never

from pydantic import AwareDatetime

from shared.runtime.facts import (
    Acting,
    Change,
    ClearTimer,
    Decider,
    Fact,
    In,
    Public,
    Recorded,
    Refused,
    Request,
    SetTimer,
    Table,
    TimerChange,
)
from shared.runtime.mapper import Names
from shared.runtime.store import Service

NOW = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
AT = "2026-03-01T00:00:00Z"
TOPIC, LANES = "staffetta.bookings.events", 4


class InterpreterRequested(Fact):
    stored_name: ClassVar[str] = "booking.requested.v3"
    language: str
    answer_by: datetime


class DeadlineMoved(Fact):
    stored_name: ClassVar[str] = "booking.deadline-moved.v1"
    answer_by: datetime


class NoteAdded(Fact):
    stored_name: ClassVar[str] = "booking.note-added.v1"
    text: str


class BookingAccepted(Fact):
    stored_name: ClassVar[str] = "booking.accepted.v1"
    desk: str


class BookingExpired(Fact):
    stored_name: ClassVar[str] = "booking.expired.v1"


class DeskOpened(Fact):
    stored_name: ClassVar[str] = "desk.opened.v1"
    seats: int


class SeatTaken(Fact):
    stored_name: ClassVar[str] = "desk.seat-taken.v1"
    by: str


Event = InterpreterRequested | DeadlineMoved | NoteAdded | BookingAccepted | BookingExpired
DeskEvent = DeskOpened | SeatTaken
EVENTS: tuple[type[Fact], ...] = (*Event.__args__, *DeskEvent.__args__)


class RequestInterpreter(Request):
    language: str
    answer_by: AwareDatetime = TOMORROW


class MoveDeadline(Request):
    answer_by: AwareDatetime


class AddNote(Request):
    text: str


class AcceptBooking(Request):
    desk: str


class ExpireBooking(Request):
    pass


class OpenDesk(Request):
    seats: int


Command = RequestInterpreter | MoveDeadline | AddNote | AcceptBooking | ExpireBooking


@dataclass(frozen=True)
class Desk:
    free: int = 0


@dataclass(frozen=True)
class Booking:
    status: str = "unasked"
    answer_by: datetime = NOW
    notes: tuple[str, ...] = ()
    free_seats: int = 0


def decide(command: Command, booking: Booking, acting: Acting) -> Sequence[Event | In]:
    match command:
        case RequestInterpreter():
            _needs(booking.status == "unasked", "a-booking-is-requested-once")
            return [InterpreterRequested(language=command.language, answer_by=command.answer_by)]
        case MoveDeadline():
            return [DeadlineMoved(answer_by=command.answer_by)]
        case AddNote():
            return [NoteAdded(text=command.text)]
        case AcceptBooking():
            free = booking.status == "open" and booking.free_seats > 0
            _needs(free, "an-open-booking-takes-a-free-seat")
            taken = SeatTaken(by=acting.operator)
            return [BookingAccepted(desk=command.desk), In(command.desk, taken)]
        case ExpireBooking():
            due = booking.status == "open" and acting.now >= booking.answer_by
            _needs(due, "an-open-booking-expires-when-it-is-due")
            return [BookingExpired()]
        case _:
            assert_never(command)


def evolve(booking: Booking, event: Event) -> Booking:
    match event:
        case InterpreterRequested():
            return replace(booking, status="open", answer_by=event.answer_by)
        case DeadlineMoved():
            return replace(booking, answer_by=event.answer_by)
        case NoteAdded():
            return replace(booking, notes=(*booking.notes, event.text))
        case BookingAccepted():
            return replace(booking, status="accepted")
        case BookingExpired():
            return replace(booking, status="expired")
        case _:
            assert_never(event)


def _needs(met: bool, rule: str) -> None:
    if not met:
        raise Refused(rule, "That is not possible now.", "Look at the booking again.")


def _open_desk(command: OpenDesk, _desk: Desk, _acting: Acting) -> Sequence[DeskEvent]:
    return [DeskOpened(seats=command.seats)]


def _seats(desk: Desk, event: DeskEvent) -> Desk:
    return Desk(event.seats) if isinstance(event, DeskOpened) else Desk(desk.free - 1)


def _beside(
    command: Command, _booking: Booking, _by: Acting
) -> Mapping[str, Decider[Any, Any, Any]]:
    return {command.desk: DESKS} if isinstance(command, AcceptBooking) else {}


def _seeing(booking: Booking, desks: Mapping[str, Desk]) -> Booking:
    return replace(booking, free_seats=sum(desk.free for desk in desks.values()))


DESKS: Decider[OpenDesk, Desk, DeskEvent] = Decider(Desk, Desk(), _open_desk, _seats)
BOOKINGS: Decider[Command, Booking, Event] = Decider(
    Booking, Booking(), decide, evolve, _beside, _seeing
)


def project(recorded: Recorded) -> Sequence[Change]:
    match recorded.event:
        case InterpreterRequested() as asked:
            return [Change("bookings", recorded.stream, _row("open", asked.language))]
        case BookingAccepted() | BookingExpired() as ended:
            status = "accepted" if isinstance(ended, BookingAccepted) else "expired"
            return [Change("bookings", recorded.stream, {"status": status})]
        case NoteAdded() as note if note.text == "forget":
            return [Change("bookings", recorded.stream, None)]
        case DeskOpened() as opened:
            return [Change("desks", recorded.stream, {"seats": opened.seats})]
        case _:
            return []


def _row(status: str, language: str) -> dict[str, str]:
    return {"status": status, "language": language}


def publish(recorded: Recorded, _pseudonym: Callable[[str], str]) -> Sequence[Public]:
    match recorded.event:
        case InterpreterRequested() as asked:
            data = {"booking": recorded.stream, "language": asked.language}
            return [Public(TOPIC, recorded.stream, "booking.requested", AT, data)]
        case DeskOpened() as opened:
            data = {"desk": recorded.stream, "seats": str(opened.seats)}
            return [Public(TOPIC, recorded.stream, "desk.opened", AT, data)]
        case _:
            return []


def deadlines(recorded: Recorded) -> Sequence[TimerChange]:
    timer = f"answer:{recorded.stream}"
    match recorded.event:
        case InterpreterRequested() | DeadlineMoved() as event:
            return [SetTimer(timer, event.answer_by, recorded.stream, ExpireBooking())]
        case BookingAccepted():
            return [ClearTimer(timer)]
        case _:
            return []


SERVICE = Service(
    name="bookings",
    about="Interpreters booked: a service of the tests alone.",
    names=Names(EVENTS),
    tables=(
        Table("bookings", {"status": "TEXT", "language": "TEXT"}, indexes=(("status", "key"),)),
        Table("desks", {"seats": "BIGINT"}),
    ),
    topics={TOPIC: LANES},
    project=project,
    publish=publish,
    deadlines=deadlines,
    timed={"ExpireBooking": (ExpireBooking, BOOKINGS)},
)
