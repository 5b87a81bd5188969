"""A directory with the four stores, their keys, the signing key and the local accounts."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc.jwk import OKPKey

from shared.runtime.facts import Acting
from shared.runtime.following import Following, Heard
from shared.runtime.inbox import catch_up
from shared.runtime.lag import lag_trouble
from shared.runtime.looking import StoreHearer, Watch, watch_until
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.remembering import forget_again
from shared.runtime.store import Store
from shared.runtime.witnessing import StoreLog, Watched, witness_until
from shared.trust.openid.reading import Provider
from shared.trust.tokens import issue
from shared.web.calls import Edge
from staffetta.access.file import AccessFile
from staffetta.access.reading import read_on_this_machine
from staffetta.access.sessions import IDLE, Sessions
from staffetta.accounts import bearer_of, known_bearer
from staffetta.four import FOUR, Part
from staffetta.stores import access_in, stores_in, token_key_in


def now() -> datetime:
    return datetime.now(UTC)


def seconds() -> int:
    """Since 1970: what a witness says when it saw something."""
    return int(now().timestamp())


def fresh() -> str:
    """A new random identifier: 32 hexadecimal digits."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Installation:
    """The opened stores by service name, and where the rest is. `provider`: whose tokens are taken
    beside those of the local accounts; `idle`: after how long without a request a session ends;
    `clock`: by which all of it goes."""

    directory: Path
    stores: Mapping[str, Store]
    key: OKPKey
    access: AccessFile
    closing: ExitStack
    provider: Provider | None = None
    idle: timedelta = IDLE
    clock: Callable[[], datetime] = now

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.access, lambda who: known_bearer(self.directory, who), self.idle)

    def edge(self, part: Part) -> Edge:
        store = self.stores[part.name]
        senders = {name: StoreOutbox(each) for name, each in self.stores.items()}
        checks = {
            "keys": store.keys.trouble,
            "lag": lambda: lag_trouble(store, part.hears, senders),
        }
        whom = read_on_this_machine(self.key, self.sessions, self.provider, self.clock)
        return Edge(store, whom, self.clock, fresh, checks)

    def token(self, operator: str, lasting: timedelta = timedelta(hours=8)) -> str:
        """A token for a local account; `UnknownAccount` where there is none."""
        return issue(self.key, bearer_of(self.directory, operator), self.clock(), lasting)

    def followings(self) -> list[Following]:
        """What lets each service follow the outboxes of those it hears, and its own timers."""
        return [
            Following(
                self.stores[part.name],
                [
                    Heard(StoreOutbox(self.stores[sender]), topic, part.react)
                    for sender, topic in part.hears
                ],
                self.clock,
                fresh,
            )
            for part in FOUR
        ]

    def watch(self, name: str) -> Watch:
        """What the others heard and witnessed of a service, to be compared with what it has."""
        hearers = [StoreHearer(store) for each, store in self.stores.items() if each != name]
        return Watch(self.stores[name], hearers, lambda: self.forget_again(name, held=True))

    def forget_again(self, name: str, *, held: bool = False) -> None:
        """Whoever was erased stays so, whatever a restore brought back."""
        (part,) = (part for part in FOUR if part.name == name)
        acting = Acting("restore", name, self.clock(), frozenset(), fresh())
        forget_again(self.stores[name], part.forget_again, acting, although_held=held)

    def witnessing(self) -> list[tuple[Store, Sequence[Watched]]]:
        """Each store, and the logs of the others that it is a witness of."""
        return [
            (store, [StoreLog(each, name) for each in self.stores.values() if each is not store])
            for name, store in self.stores.items()
        ]

    def close(self) -> None:
        self.closing.close()


def open_installation(directory: Path, clock: Callable[[], datetime] = now) -> Installation:
    """Open the four stores under a directory; made, with their keys, in a new one.

    Raises `Unusable` where a file is damaged or gone. A store of which others saw more than it
    has is held: it can be read, and not written. Whoever was erased is erased again first.
    """
    with ExitStack() as closing:
        stores = stores_in(directory, closing)
        key = token_key_in(directory)
        access = access_in(directory, closing)
        installation = Installation(directory, stores, key, access, closing, clock=clock)
        for name in stores:
            installation.watch(name).look()
            installation.forget_again(name)
        return replace(installation, closing=closing.pop_all())


def settle(installation: Installation) -> None:
    """Let every service hear all that was written, until nobody has anything left to hear."""
    stores = installation.stores

    def acting(message: Message) -> Acting:
        return Acting("relay", message.sender, installation.clock(), frozenset(), fresh())

    heard = 1
    while heard:
        heard = sum(
            catch_up(stores[part.name], StoreOutbox(stores[sender]), topic, part.react, acting)
            for part in FOUR
            for sender, topic in part.hears
        )


@contextmanager
def running(installation: Installation) -> Iterator[None]:
    """The services follow each other while this lasts."""
    followings = installation.followings()
    for following in followings:
        following.start()
    ending = threading.Event()
    watches = [installation.watch(name) for name in installation.stores]
    watching = threading.Thread(target=watch_until, args=(ending, watches), daemon=True)
    turns = installation.witnessing()
    witnessing = threading.Thread(target=witness_until, args=(ending, turns, seconds), daemon=True)
    for thread in (watching, witnessing):
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in (watching, witnessing):
            thread.join(timeout=30)
        for following in followings:
            following.stop()
