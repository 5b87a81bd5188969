"""How `identification` is put together."""

from collections.abc import Sequence
from typing import cast

from fastapi import FastAPI

from services.identification.alarms import api as alarms_api
from services.identification.alarms.projections import ALARMS
from services.identification.cases import api as cases_api
from services.identification.cases import (
    consents_api,
    deadlines,
    erasure_api,
    erasures,
    forgetting,
    publishes,
)
from services.identification.cases import events as case_events
from services.identification.cases import projections as case_tables
from services.identification.cases.commands import (
    CheckAttestations,
    DestroyKeys,
    EscalateAcknowledgement,
    ExpireConsent,
    WarnOfExpiry,
)
from services.identification.cases.decide import CASES
from services.identification.cases.emergency import api as emergency_api
from services.identification.cases.emergency import deadlines as emergency_deadlines
from services.identification.cases.emergency.commands import CheckReview
from services.identification.cases.emergency.projections import EMERGENCIES
from services.identification.cases.own_view import api as own_view_api
from services.identification.cases.upcasting import UPCASTERS
from services.identification.contacts import api as contacts_api
from services.identification.contacts import events as contact_events
from services.identification.contacts import projections as contact_tables
from services.identification.duplicates import api as duplicates_api
from services.identification.duplicates import events as duplicate_events
from services.identification.duplicates.finding import likenesses
from services.identification.duplicates.projections import LIKENESSES, UNSOUGHT, unsought
from services.identification.network import api as network_api
from services.identification.network import events as network_events
from services.identification.receipts import api as receipts_api
from services.identification.receipts import pages as receipts_pages
from services.identification.receipts.projections import RECEIPTS
from services.identification.receipts.receipt import PAGE, VERIFYING
from services.identification.retention import api as retention_api
from services.identification.retention import events as retention_events
from shared.contracts.envelope import LANES, STATISTICS
from shared.runtime.facts import Change, Recorded, TimerChange
from shared.runtime.mapper import Names
from shared.runtime.store import Service
from shared.web.application import application
from shared.web.calls import Edge
from shared.web.throttle import Throttle


def project(recorded: Recorded) -> Sequence[Change]:
    match recorded.event:
        case contact_events.ContactReported() | contact_events.ContactLinked() as event:
            return contact_tables.contacts(event, recorded)
        case (
            network_events.OrganisationHeard()
            | network_events.TermsSet()
            | retention_events.RetentionSet()
            | duplicate_events.MatchingSet()
            | duplicate_events.SearchCounted()
        ):
            return []  # read from their streams: nobody lists them here
        case event:
            known = cast(case_events.Event, event)  # names has no other
            return [*case_tables.cases(known, recorded), *unsought(known, recorded)]


def due(recorded: Recorded) -> Sequence[TimerChange]:
    return [
        *deadlines.deadlines(recorded),
        *forgetting.deadlines(recorded),
        *emergency_deadlines.deadlines(recorded),
    ]


TIMED = (
    ExpireConsent,
    WarnOfExpiry,
    EscalateAcknowledgement,
    DestroyKeys,
    CheckAttestations,
    CheckReview,
)
SERVICE = Service(
    name="identification",
    about="Contacts, cases, consent, identity and every disclosure.",
    names=Names(
        [
            *contact_events.EVENTS,
            *case_events.EVENTS,
            *network_events.EVENTS,
            *retention_events.EVENTS,
            *duplicate_events.EVENTS,
        ],
        UPCASTERS,
    ),
    tables=(
        contact_tables.CONTACTS,
        case_tables.CASES,
        case_tables.CONSENTS,
        case_tables.WITHDRAWALS,
        RECEIPTS,
        erasures.ERASURES,
        erasures.ATTESTATIONS,
        EMERGENCIES,
        ALARMS,
        LIKENESSES,
        UNSOUGHT,
    ),
    topics={publishes.TOPIC: LANES, STATISTICS: LANES},
    project=project,
    publish=publishes.public,
    deadlines=due,
    timed={command.__name__: (command, CASES) for command in TIMED},
    forgets=forgetting.forgets,
    unheld=forgetting.UNHELD,
    found_by=likenesses,
)


def app(edge: Edge) -> FastAPI:
    web = application(
        edge,
        [
            contacts_api.router,
            cases_api.router,
            consents_api.router,
            receipts_api.router,
            receipts_pages.router,
            erasure_api.router,
            emergency_api.router,
            own_view_api.router,
            alarms_api.router,
            network_api.router,
            retention_api.router,
            duplicates_api.router,
        ],
        open_to_anybody={VERIFYING, PAGE},
    )
    # Ten at once is a table of officers with a paper each; nobody guesses 135 bits anyway.
    web.state.receipts_throttle = Throttle(burst=10, seconds=6)
    return web
