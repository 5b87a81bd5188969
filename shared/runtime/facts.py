"""The words in which every feature speaks to the runtime: facts, requests, refusals, deciders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.trust.access import Asking, Policies, Thing
from shared.trust.policies import shipped

Command = TypeVar("Command")
State = TypeVar("State")
Event = TypeVar("Event", bound="Fact")
RefusalKind = Literal["authority", "content", "missing", "stale", "state"]


class Fact(BaseModel):
    """Something that happened. Frozen; stored under a name that never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    stored_name: ClassVar[str]


class Request(BaseModel):
    """What somebody asks for, in the imperative. Frozen; an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @property
    def action(self) -> str:
        """Its name in the policies."""
        return type(self).__name__


@dataclass(frozen=True)
class Acting:
    """Who acts, for whom, with which roles, when (UTC). Comes from the token and the clock.

    `fresh` is one random identifier for whatever the command creates, so that deciding stays pure;
    `policies` say what is theirs to do, and are handed in for the same reason.
    `authenticated_at`, `factors`: when and how they proved who they are, where the token says it.
    """

    operator: str
    organisation: str
    now: datetime
    roles: frozenset[str] = frozenset()
    fresh: str = ""
    authenticated_at: datetime | None = None
    factors: frozenset[str] = frozenset()
    policies: Policies = field(default_factory=shipped, repr=False, compare=False)

    def may(self, action: str, thing: Thing) -> bool:
        """Whether the policies let them; the facts of the thing are those just read."""
        return self.policies.permit(self._asking, action, thing)

    def forbidding(self, action: str, thing: Thing) -> frozenset[str]:
        """The rules that forbid it to them, whatever else they may; see `Policies.forbidding`."""
        return self.policies.forbidding(self._asking, action, thing)

    @property
    def _asking(self) -> Asking:
        return Asking(self.operator, self.organisation, self.roles)

    @property
    def latest_day(self) -> date:
        """The latest calendar day that has begun anywhere (UTC+14): what a street unit calls
        today after midnight is still tomorrow in UTC."""
        return (self.now + timedelta(hours=14)).date()


class Refused(Exception):
    """A rule said no. `rule` is stable; the words never repeat what the person told us."""

    def __init__(self, rule: str, because: str, instead: str, kind: RefusalKind = "state") -> None:
        super().__init__(because)
        self.rule, self.because, self.instead, self.kind = rule, because, instead, kind


def _alone(_command: Any, _state: Any, _acting: Acting) -> Mapping[str, "Decider[Any, Any, Any]"]:
    return {}


def _unchanged(state: Any, _others: Mapping[str, Any]) -> Any:
    return state


@dataclass(frozen=True)
class In:
    """A fact of another stream than the command's own, decided in the same breath."""

    stream: str
    event: Fact


@dataclass(frozen=True, eq=False)
class Decider(Generic[Command, State, Event]):
    """A feature's pure functions, as the event store needs them.

    A decision that needs a second stream (an acceptance takes a place of the directory) names it
    in `beside`, gets its state woven in by `seeing`, and puts events there by returning `In`.
    `shape` is the type of the state, by which snapshots are written and read.
    """

    shape: Any
    initial: State
    decide: Callable[[Command, State, Acting], Sequence[Event | In]]
    evolve: Callable[[State, Event], State]
    beside: Callable[[Command, State, Acting], Mapping[str, "Decider[Any, Any, Any]"]] = _alone
    seeing: Callable[[State, Mapping[str, Any]], State] = _unchanged


@dataclass(frozen=True)
class Recorded:
    """A fact in its place: which stream, at which position (from 1), when (UTC), by whom.

    `stored_as`: the name under which it was stored, where it was read: what is sealed in it opens
    under this name alone, whatever later form it is read in."""

    stream: str
    version: int
    event: Fact
    at: datetime
    operator: str
    organisation: str
    stored_as: str = field(default="", compare=False)


@dataclass(frozen=True)
class Change:
    """One row to write into a read table: its key, and its new values (None deletes).

    With another column in `where`: every row in which that column holds `key`. None is inserted.
    """

    table: str
    key: str
    values: Mapping[str, Any] | None
    where: str = "key"


@dataclass(frozen=True)
class Forget:
    """A subject is forgotten for good, with all its streams: their keys are destroyed, and what is
    kept beside the log of them goes.

    `timers`: ids of those that stay; `types`: the kinds of messages about it that stay.
    """

    subject: str
    streams: Sequence[str]
    timers: Sequence[str] = ()
    types: Sequence[str] = ()


@dataclass(frozen=True)
class Public:
    """What may cross the border: a contract's type and data, keyed by the case or a pseudonym.

    `at` is what the envelope tells of the time, as coarse as the data.
    """

    topic: str
    key: str
    type: str
    at: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class SetTimer:
    """At `due` (UTC), put this command to this stream. Setting the same `id` again moves it."""

    id: str
    due: datetime
    stream: str
    command: Request


@dataclass(frozen=True)
class ClearTimer:
    id: str


TimerChange = SetTimer | ClearTimer


@dataclass(frozen=True)
class Table:
    """A read table: `key` is its primary key; `columns` name -> SQL type (TEXT or BIGINT).

    `subject`: the column by which rows belong to a stream, and go when that is forgotten; empty
    where they stay.
    """

    name: str
    columns: Mapping[str, str]
    indexes: Sequence[Sequence[str]] = field(default=())
    subject: str = "key"
