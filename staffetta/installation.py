"""A directory with the four stores, their keys, the signing key and the local accounts."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc.jwk import OKPKey
from pydantic import TypeAdapter

from shared.runtime.facts import Acting
from shared.runtime.following import Following, Heard
from shared.runtime.inbox import catch_up
from shared.runtime.outbox import Message, StoreOutbox
from shared.runtime.store import Store, sqlite_store
from shared.trust.keys import KeyFile
from shared.trust.tokens import Bearer, issue, read, signing_key
from shared.web.calls import Edge
from staffetta.four import FOUR, Part
from staffetta.network import Account

_ACCOUNTS = "accounts.json"
_FILE = TypeAdapter(list[Account])


def now() -> datetime:
    return datetime.now(UTC)


def fresh() -> str:
    """A new random identifier: 32 hexadecimal digits."""
    return uuid.uuid4().hex


class UnknownAccount(Exception):
    """Nobody of this operator id has an account in this installation."""


@dataclass(frozen=True)
class Installation:
    """The opened stores by service name, and where the rest is."""

    directory: Path
    stores: Mapping[str, Store]
    key: OKPKey

    def edge(self, part: Part) -> Edge:
        return Edge(self.stores[part.name], lambda token: read(self.key, token, now), now, fresh)

    def token(self, operator: str, lasting: timedelta = timedelta(hours=8)) -> str:
        """A token for a local account; `UnknownAccount` where there is none."""
        return issue(self.key, bearer_of(self.directory, operator), now(), lasting)

    def followings(self) -> list[Following]:
        """What lets each service follow the outboxes of those it hears, and its own timers."""
        return [
            Following(
                self.stores[part.name],
                [
                    Heard(StoreOutbox(self.stores[sender]), topic, part.react)
                    for sender, topic in part.hears
                ],
                now,
                fresh,
            )
            for part in FOUR
        ]

    def close(self) -> None:
        for store in self.stores.values():
            store.close()


def open_installation(directory: Path) -> Installation:
    """Open the four stores under a directory; made, with their keys, where they are missing."""
    stores = {
        part.name: sqlite_store(
            part.service,
            directory / f"{part.name}.sqlite",
            KeyFile(directory / "keys" / f"{part.name}.keys.sqlite"),
        )
        for part in FOUR
    }
    return Installation(directory, stores, signing_key(directory / "keys" / "token.pem"))


def settle(installation: Installation) -> None:
    """Let every service hear all that was written, until nobody has anything left to hear."""
    stores = installation.stores

    def acting(message: Message) -> Acting:
        return Acting("relay", message.sender, now(), frozenset(), fresh())

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
    try:
        yield
    finally:
        for following in followings:
            following.stop()


def keep_accounts(directory: Path, accounts: Iterable[Account]) -> None:
    """Add local accounts, or change the organisation and roles of those that are there."""
    known = _accounts(directory)
    for account in accounts:
        known[account.operator] = account
    written = directory / f"{_ACCOUNTS}.new"
    written.write_bytes(_FILE.dump_json(list(known.values()), indent=1))
    written.replace(directory / _ACCOUNTS)


def bearer_of(directory: Path, operator: str) -> Bearer:
    account = _accounts(directory).get(operator)
    if account is None:
        raise UnknownAccount
    return Bearer(operator, account.organisation, frozenset(account.roles))


def operators(directory: Path) -> list[str]:
    """The operator ids that have an account here."""
    return sorted(_accounts(directory))


def _accounts(directory: Path) -> dict[str, Account]:
    path = directory / _ACCOUNTS
    if not path.exists():
        return {}
    return {account.operator: account for account in _FILE.validate_json(path.read_bytes())}
