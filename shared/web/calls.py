"""From an HTTP request to a command or a read: who acts, under which key, on which version."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, Field

from shared.runtime import facts
from shared.runtime.facts import Acting, Decider, Refused
from shared.runtime.handle import Answer, Key, handle
from shared.runtime.store import Store
from shared.runtime.work import Work
from shared.trust.access import Policies
from shared.trust.policies import shipped
from shared.trust.tokens import Bearer
from shared.web.door import who
from shared.web.health import Check, store_trouble
from shared.web.problems import Turned, held

Result = TypeVar("Result")
_ETAG = re.compile(r'"(\d{1,18})"')


@dataclass(frozen=True)
class Edge:
    """What a service's routes stand on: its store, and where tokens, time and ids come from.

    `checks`: what else must be well for it to be ready, by name (its store always is asked).
    `policies`: who may do what. Raises `UnusablePolicies` where the files that say it are wrong.
    `certified`: whether other services must show their certificate."""

    store: Store
    read_token: Callable[[str], Bearer]
    clock: Callable[[], datetime]
    fresh: Callable[[], str]
    checks: Mapping[str, Check] = field(default_factory=dict)
    policies: Policies = field(default_factory=shipped)
    certified: bool = False

    def ready(self) -> Mapping[str, Check]:
        """All that is asked before it is said to be ready."""
        return {"database": lambda: store_trouble(self.store), **self.checks}


class Receipt(BaseModel):
    """What a command led to. The `ETag` header carries the version as well."""

    id: str = Field(description="The thing that was made or changed.")
    version: int = Field(description="The version of its stream after this command.")


@dataclass(frozen=True)
class Reading:
    """A read by somebody known."""

    store: Store
    acting: Acting
    response: Response

    def tag(self, version: int) -> None:
        self.response.headers["ETag"] = f'"{version}"'

    def note(self, stream: str, what: str, **told: str) -> None:
        """Reads leave a trace like changes do (design, rule 5)."""
        work = Work(self.store)
        work.entry("read", stream, self.acting, what=what, **told)
        work.commit()

    def allowed(self, rule: Callable[[Acting], Result], stream: str, what: str) -> Result:
        """What the rule answers to whoever asks; where it says no, that is kept."""
        try:
            return rule(self.acting)
        except Refused as refusal:
            raise self.refused(refusal, stream, what) from None

    def refused(self, refusal: Refused, stream: str, what: str) -> Refused:
        """A refused read is kept in the audit log; raise what this returns."""
        work = Work(self.store)
        work.entry("refusal", stream, self.acting, command=what, rule=refusal.rule)
        work.commit()
        return refusal


@dataclass(frozen=True)
class Commanding(Reading):
    """A command by somebody known, under an idempotency key."""

    key: Key
    expected: int | None
    path: str

    def handle(
        self, decider: Decider[Any, Any, Any], stream: str, command: facts.Request, about: str = ""
    ) -> Receipt:
        """Put the command; `about` names a new thing within the stream (else the stream)."""
        answer = self.answer(decider, stream, command, about)
        return Receipt(id=answer.id, version=answer.version)

    def answer(
        self, decider: Decider[Any, Any, Any], stream: str, command: facts.Request, about: str = ""
    ) -> Answer:
        answer = handle(
            self.store,
            decider,
            stream,
            command,
            self.acting,
            key=self.key,
            expected=self.expected,
            path=self.path,
            about=about,
        )
        self.tag(answer.version)
        if answer.replayed:
            self.response.headers["Idempotency-Replayed"] = "true"
        return answer


def edge_of(request: Request) -> Edge:
    edge: Edge = request.app.state.edge
    return edge


def reading(request: Request, response: Response) -> Reading:
    edge, by = edge_of(request), who(request)
    acting = Acting(
        by.operator,
        by.organisation,
        edge.clock(),
        by.roles,
        edge.fresh(),
        by.authenticated_at,
        by.factors,
        edge.policies,
    )
    return Reading(edge.store, acting, response)


def commanding(
    request: Request,
    read: Annotated[Reading, Depends(reading)],
    idempotency_key: Annotated[
        str | None,
        Header(
            description="1 to 200 visible characters, new for each new request.", max_length=200
        ),
    ] = None,
    if_match: Annotated[
        str | None, Header(description='The ETag you saw, as in `"7"`; else any version will do.')
    ] = None,
) -> Commanding:
    if not idempotency_key or not idempotency_key.isprintable():
        raise Turned(
            400,
            "every-command-carries-an-idempotency-key",
            "The header Idempotency-Key is missing or not printable.",
            "Send a new key with each new request, and the same key when you repeat one.",
        )
    if read.store.hold:
        raise held(read.store.hold)
    acting = read.acting
    return Commanding(
        read.store,
        acting,
        read.response,
        Key(f"{acting.organisation}/{acting.operator}", idempotency_key),
        _version(if_match),
        request.url.path,
    )


Asked = Annotated[Commanding, Depends(commanding)]
Seen = Annotated[Reading, Depends(reading)]


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    matched = _ETAG.fullmatch(if_match)
    if matched is None:
        raise Turned(
            400,
            "if-match-carries-an-etag",
            "The header If-Match is not an ETag of this service.",
            "Send the ETag as you received it, quotes included, or leave the header out.",
        )
    return int(matched[1])
