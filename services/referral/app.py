"""How `referral` is put together."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.referral.custody import api as custody_api
from services.referral.custody import escort_api, own_view_api, publishes
from services.referral.custody import events as custody_events
from services.referral.custody import projections as custody_tables
from services.referral.custody.commands import ExpireReferral
from services.referral.custody.deadlines import deadlines
from services.referral.custody.decide import CUSTODY
from services.referral.directory import api as directory_api
from services.referral.directory import events as directory_events
from services.referral.directory import projections as directory_tables
from shared.contracts.envelope import LANES
from shared.contracts.identification import UNHELD
from shared.runtime.facts import Change, Recorded
from shared.runtime.forgetting import forgets_with
from shared.runtime.mapper import Names
from shared.runtime.store import Service
from shared.web.application import application
from shared.web.calls import Edge


def project(recorded: Recorded) -> Sequence[Change]:
    event = recorded.event
    if isinstance(event, directory_events.EVENTS):
        return directory_tables.directory(event, recorded)  # type: ignore[arg-type]  # one of EVENTS
    return custody_tables.custody(event, recorded)  # type: ignore[arg-type]  # names has no other


SERVICE = Service(
    name="referral",
    about="The directory of organisations, their services and places; referrals and custody.",
    names=Names([*directory_events.EVENTS, *custody_events.EVENTS]),
    tables=(
        directory_tables.ORGANISATIONS,
        directory_tables.OFFERS,
        custody_tables.CUSTODY,
        custody_tables.REFERRALS,
        custody_tables.RESPONSES,
    ),
    topics={publishes.TOPIC: LANES},
    project=project,
    publish=publishes.public,
    forgets=forgets_with(custody_events.KeysDestroyed, UNHELD),
    unheld=UNHELD,
    deadlines=deadlines,
    timed={"ExpireReferral": (ExpireReferral, CUSTODY)},
)


def app(edge: Edge) -> FastAPI:
    return application(
        edge,
        [directory_api.router, custody_api.router, escort_api.router, own_view_api.router],
    )
