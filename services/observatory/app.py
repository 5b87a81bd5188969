"""How `observatory` is put together."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.observatory import api, events, projections, publishes
from shared.runtime.facts import Change, Recorded
from shared.runtime.mapper import Names
from shared.runtime.store import Service
from shared.web.application import application
from shared.web.calls import Edge

THRESHOLD = 10
"""A cell of fewer people than this never leaves."""


def project(recorded: Recorded) -> Sequence[Change]:
    return projections.facts(recorded.event, recorded)  # type: ignore[arg-type]  # names has no other


SERVICE = Service(
    name="observatory",
    about="Counts of people by codes, where no small group can be recognised.",
    names=Names(events.EVENTS),
    tables=(projections.FACTS,),
    topics={},
    project=project,
    publish=publishes.public,
)


def app(edge: Edge, threshold: int = THRESHOLD) -> FastAPI:
    made = application(
        edge,
        [api.router],
    )
    made.state.threshold = threshold
    return made
