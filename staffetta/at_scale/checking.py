"""The environment of a service's process looked at: each setting, and what it names."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

import httpx
from pydantic import ValidationError

from shared.trust.access import UnusablePolicies
from shared.trust.kek import PASSPHRASE
from shared.trust.policies import shipped
from shared.trust.tokens import Bearer, issue, signing_key
from shared.web.outbox import SERVICE_ROLE
from shared.web.peers import HttpOutbox
from staffetta.at_scale.answering import broker_trouble, database_trouble, has_facts
from staffetta.at_scale.environment import PREFIX
from staffetta.at_scale.health import topics_of
from staffetta.at_scale.settings import Settings
from staffetta.at_scale.stores import part_of
from staffetta.installation import now

OK = "ok"
_PATIENCE_SECONDS = 3.0
# The tests' server, the one of `staffetta up`, and what the key file itself asks for.
_NOT_SETTINGS = ("STAFFETTA_TEST_", "STAFFETTA_POSTGRES_SERVER", PASSPHRASE)


def strangers(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables that look like settings and are none: a letter left out goes unnoticed else."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(_NOT_SETTINGS):
            near = get_close_matches(name, known, 1)
            yield name, f"no setting has this name{f'; {near[0]} has' if near else ''}"


def findings(settings: Settings) -> Iterator[tuple[str, str]]:
    """What each setting names, and `ok` or what is wrong with it, without anything secret."""
    part = part_of(settings)
    yield "deploy/policies", _policies_trouble() or OK
    database = database_trouble(settings.database)
    yield "STAFFETTA_POSTGRES", database or OK
    yield "STAFFETTA_KAFKA", broker_trouble(settings.broker, topics_of(part)) or OK
    yield "STAFFETTA_KEYS", _keys_trouble(settings, known=not database) or OK
    token_key = _token_key_trouble(settings.token_key)
    yield "STAFFETTA_TOKEN_KEY", token_key or OK
    if not token_key:
        for sender, topic in part.hears:
            yield f"STAFFETTA_PEERS, {sender}", _peer_trouble(settings, sender, topic) or OK


def _policies_trouble() -> str:
    """Who may do what is told in files; a service does not start with any that say it wrongly."""
    try:
        shipped()
    except UnusablePolicies as unusable:
        return str(unusable)
    return ""


def _keys_trouble(settings: Settings, *, known: bool) -> str:
    """`known`: whether the database answers, so that it can be asked what it holds."""
    file = settings.key_file
    if file.exists():
        return "" if os.access(file, os.R_OK | os.W_OK) else f"{file.name} cannot be used by us"
    if known and has_facts(settings.database):
        return f"{file.name} is not there, and the database holds facts: restore it from a backup"
    return _makeable(file)


def _token_key_trouble(file: Path) -> str:
    if not file.exists():
        return _makeable(file)
    try:
        signing_key(file)
    except OSError:
        return "the file cannot be read by us"
    except ValueError:
        return "the file is not a key"
    return ""


def _makeable(file: Path) -> str:
    """Whether a file can be made at the first start, its directories included."""
    there = next(parent for parent in file.absolute().parents if parent.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return ""
    return "it is not there, and cannot be made there by us"


def _peer_trouble(settings: Settings, sender: str, topic: str) -> str:
    """Whether a service that is heard can be asked for what was missed."""
    address = settings.peers.get(sender)
    if not address:
        return "no address is given: what was missed could not be fetched"
    if not settings.token_key.exists():
        return ""  # a look must not make the key that it asks with
    try:
        with httpx.Client(base_url=address, timeout=_PATIENCE_SECONDS) as http:
            HttpOutbox(sender, http, _token(settings)).heads(topic)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        return "an address looks like http://referral.internal:8000"
    except httpx.HTTPStatusError as refused:
        if refused.response.status_code == httpx.codes.UNAUTHORIZED:
            return "it does not know our token: has it another STAFFETTA_TOKEN_KEY?"
        return f"it answers {refused.response.status_code}: is that its address?"
    except httpx.TransportError:
        return "nobody answers at its address"
    except ValidationError:
        return "something else answers at its address"
    return ""


def _token(settings: Settings) -> Callable[[], str]:
    key = signing_key(settings.token_key)
    bearer = Bearer(settings.service, "network", frozenset({SERVICE_ROLE}))
    return lambda: issue(key, bearer, now(), timedelta(minutes=1))
