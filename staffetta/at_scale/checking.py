"""The environment of a service's process looked at: each setting, and what it names."""

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

import httpx
from pydantic import ValidationError

from shared.runtime.recorders import database_at
from shared.trust.access import UnusablePolicies
from shared.trust.key_table import NoKeyTable, holds_keys
from shared.trust.policies import shipped
from shared.trust.tokens import Bearer, issue, signing_key
from shared.web.door import SERVICE_ROLE
from shared.web.peers import HttpOutbox
from staffetta.access.certificates import ends, named
from staffetta.access.settings import provider_trouble
from staffetta.access.tls import Certified, client_of
from staffetta.at_scale.answering import (
    broker_trouble,
    database_trouble,
    has_facts,
    same_server,
)
from staffetta.at_scale.environment import PREFIX
from staffetta.at_scale.health import topics_of
from staffetta.at_scale.settings import Settings
from staffetta.at_scale.stores import part_of
from staffetta.installation import now
from staffetta.kek_settings import kek_trouble

OK = "ok"
_PATIENCE_SECONDS = 3.0
_SOON_DAYS = 14
# The tests' server, the one of `staffetta up`, and the directory that stands for variables.
_NOT_SETTINGS = ("STAFFETTA_TEST_", "STAFFETTA_POSTGRES_SERVER", "STAFFETTA_SECRETS")


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
    yield from _keys(settings, known=not database)
    if settings.oidc_issuer:
        yield "STAFFETTA_OIDC_ISSUER", provider_trouble(settings.oidc_issuer) or OK
    if settings.certified:
        yield "STAFFETTA_TLS_CERTIFICATE", _tls_trouble(settings, settings.certified) or OK
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


def _keys(settings: Settings, *, known: bool) -> Iterator[tuple[str, str]]:
    if settings.key_database is None:
        yield "STAFFETTA_KEYS", _key_file_trouble(settings, known=known) or OK
    else:
        yield "STAFFETTA_KEY_DATABASE", _key_table_trouble(settings, known=known) or OK
    if settings.kek != "file":
        yield "STAFFETTA_KEK", kek_trouble(settings, settings.service) or OK


def _key_table_trouble(settings: Settings, *, known: bool) -> str:
    connection = settings.key_database.get_secret_value() if settings.key_database else ""
    database = database_at(connection)
    if trouble := database_trouble(database):
        return trouble
    if known and same_server(database, settings.database):
        return (
            "it is on the server of the events: a copy of that server's files would bring back"
            " keys that were destroyed. Give the keys a server of their own"
        )
    try:
        there = holds_keys(connection, settings.service)
    except NoKeyTable as away:
        return away.why
    if there or not (known and has_facts(settings.database)):
        return ""
    return "it holds no keys, and the database holds facts: restore it from a backup"


def _key_file_trouble(settings: Settings, *, known: bool) -> str:
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


def _tls_trouble(settings: Settings, certified: Certified) -> str:
    """Whether the certificate is ours, whole and valid for a while."""
    try:
        certified.calling()
        end, names = ends(certified.certificate), named(certified.certificate)
    except (OSError, ValueError):
        return "certificate, key and authority cannot be read by us, or do not belong together"
    if settings.service not in names:
        return "it names another service than this one"
    left = (end - now()).days
    return f"it ends in {max(left, 0)} days: make it anew" if left < _SOON_DAYS else ""


def _peer_trouble(settings: Settings, sender: str, topic: str) -> str:
    """Whether a service that is heard can be asked for what was missed."""
    address = settings.peers.get(sender)
    if not address:
        return "no address is given: what was missed could not be fetched"
    if not settings.token_key.exists():
        return ""  # a look must not make the key that it asks with
    try:
        with client_of(sender, address, _PATIENCE_SECONDS, settings.certified) as http:
            HttpOutbox(sender, http, _token(settings)).heads(topic)
    except (httpx.HTTPStatusError, httpx.ConnectError) as trouble:
        return _refused(trouble, settings)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        return "an address looks like http://referral.internal:8000"
    except httpx.TransportError:
        return "nobody answers at its address"
    except ValidationError:
        return "something else answers at its address"
    return ""


def _refused(trouble: httpx.HTTPStatusError | httpx.ConnectError, settings: Settings) -> str:
    if isinstance(trouble, httpx.ConnectError):
        if isinstance(_deepest(trouble), ssl.SSLError):
            return "it does not show the certificate of that service"
        return "nobody answers at its address"
    status = trouble.response.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return "it does not know our token: has it another STAFFETTA_TOKEN_KEY?"
    if status == httpx.codes.FORBIDDEN and settings.certified is None:
        return "it asks for a certificate: set STAFFETTA_TLS_CERTIFICATE"
    return f"it answers {status}: is that its address?"


def _deepest(trouble: BaseException) -> BaseException:
    while (below := trouble.__cause__ or trouble.__context__) is not None:
        trouble = below
    return trouble


def _token(settings: Settings) -> Callable[[], str]:
    key = signing_key(settings.token_key)
    bearer = Bearer(settings.service, "network", frozenset({SERVICE_ROLE}))
    return lambda: issue(key, bearer, now(), timedelta(minutes=1))
