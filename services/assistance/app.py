"""How `assistance` is put together."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.assistance import api, events, projections, publishes
from services.assistance.network import events as network_events
from services.assistance.notes import api as notes_api
from services.assistance.upcasting import UPCASTERS
from shared.contracts.envelope import LANES
from shared.contracts.identification import UNHELD
from shared.runtime.facts import Change, Recorded
from shared.runtime.forgetting import forgets_with
from shared.runtime.mapper import Names
from shared.runtime.store import Service
from shared.web.application import application
from shared.web.calls import Edge


def project(recorded: Recorded) -> Sequence[Change]:
    if isinstance(recorded.event, network_events.OrganisationHeard):
        return []  # read from its stream: nobody lists it here
    return projections.programmes(recorded.event, recorded)  # type: ignore[arg-type]  # names has no other


SERVICE = Service(
    name="assistance",
    about="Programmes, their plans, the services delivered, and how each programme ended.",
    names=Names([*events.EVENTS, *network_events.EVENTS], UPCASTERS),
    tables=(projections.PROGRAMMES, projections.DELIVERIES),
    topics={publishes.TOPIC: LANES},
    project=project,
    publish=publishes.public,
    forgets=forgets_with(events.KeysDestroyed, UNHELD),
    unheld=UNHELD,
)


def app(edge: Edge) -> FastAPI:
    return application(
        edge,
        [api.router, notes_api.router],
    )
