"""The four services side by side: the only place that knows them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI

from services.assistance import app as assistance
from services.assistance import consumer as assistance_consumer
from services.assistance.trace import trace_of as assistance_trace
from services.identification import app as identification
from services.identification import consumer as identification_consumer
from services.identification.trace import trace_of as identification_trace
from services.observatory import app as observatory
from services.observatory import consumer as observatory_consumer
from services.referral import app as referral
from services.referral import consumer as referral_consumer
from services.referral.trace import trace_of as referral_trace
from shared.runtime.inbox import React, Reaction
from shared.runtime.message import Message
from shared.runtime.remembering import Follow
from shared.runtime.store import Service, Store
from shared.runtime.trace import TraceLine
from shared.web.calls import Edge


def _nothing(_message: Message) -> Sequence[Reaction]:
    return ()


def _nobody(_stream: str) -> Sequence[Reaction]:
    return ()


@dataclass(frozen=True)
class Part:
    """One service as the process that runs it needs it. `hears`: (sender, topic) pairs; `regain`:
    what follows from its own events where a restore forgot them and others gave them back;
    `forget_again`: what follows where the key store says that somebody was forgotten."""

    service: Service
    app: Callable[[Edge], FastAPI]
    hears: Sequence[tuple[str, str]]
    react: React
    trace_of: Callable[[Store, str], list[TraceLine]] | None = None
    regain: React = _nothing
    forget_again: Follow = _nobody

    @property
    def name(self) -> str:
        return self.service.name


FOUR = (
    Part(
        identification.SERVICE,
        identification.app,
        identification_consumer.HEARS,
        identification_consumer.react,
        identification_trace,
        identification_consumer.regain,
        identification_consumer.forget_again,
    ),
    Part(
        referral.SERVICE,
        referral.app,
        referral_consumer.HEARS,
        referral_consumer.react,
        referral_trace,
        forget_again=referral_consumer.forget_again,
    ),
    Part(
        assistance.SERVICE,
        assistance.app,
        assistance_consumer.HEARS,
        assistance_consumer.react,
        assistance_trace,
        forget_again=assistance_consumer.forget_again,
    ),
    # The observatory knows no case, so that it has no trace of one.
    Part(
        observatory.SERVICE, observatory.app, observatory_consumer.HEARS, observatory_consumer.react
    ),
)
