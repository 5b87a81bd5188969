"""One public event of each type, and the record that Kafka carries of it."""

import uuid
from datetime import UTC, datetime

from shared.codes import (
    AgeGroup,
    Area,
    Channel,
    CitizenshipGroup,
    ClosureKind,
    DataCategory,
    Gender,
    OrganisationKind,
    Purpose,
    ServiceType,
)
from shared.contracts import assistance, identification, referral, statistics
from shared.contracts.acknowledgement import Acknowledgement
from shared.contracts.envelope import LANES, STATISTICS, Contract
from shared.runtime.message import Message
from shared.runtime.work import lane_of
from staffetta.contracts.published import PUBLISHED, sender_of

CASE, REFERRAL, CONSENT = f"case-{'c' * 32}", "a" * 32, "1" * 32
PSEUDONYM = "d" * 32
OF_A_CASE: tuple[Contract, ...] = (
    identification.CaseOpened(case=CASE, organisation="hotline", area=Area.BOLOGNA),
    identification.ConsentGiven(
        case=CASE,
        consent=CONSENT,
        recipient="casa-aperta",
        purpose=Purpose.REFERRAL,
        categories=(DataCategory.HEALTH, DataCategory.NARRATIVE),
        valid_until=datetime(2026, 9, 8, tzinfo=UTC),
    ),
    identification.ConsentGivenToClass(
        case=CASE,
        consent=CONSENT,
        recipient_class=OrganisationKind.COOPERATIVE,
        purpose=Purpose.REFERRAL,
        categories=(DataCategory.HEALTH, DataCategory.NARRATIVE),
        valid_until=datetime(2026, 9, 8, tzinfo=UTC),
    ),
    identification.ConsentNarrowed(
        case=CASE,
        consent=CONSENT,
        recipient="casa-aperta",
        recipient_class=None,
        categories=(DataCategory.HEALTH,),
        valid_until=datetime(2026, 9, 8, tzinfo=UTC),
    ),
    identification.ConsentWithdrawn(case=CASE, consent=CONSENT),
    identification.ConsentExpired(case=CASE, consent=CONSENT),
    referral.HandoverCompleted(
        case=CASE,
        referral=REFERRAL,
        consent=CONSENT,
        service=ServiceType.RESIDENTIAL,
        sender="hotline",
        receiver="casa-aperta",
    ),
    referral.WithdrawalAcknowledged(case=CASE, consent=CONSENT, did=Acknowledgement.STOPPED),
    assistance.WithdrawalAcknowledged(case=CASE, consent=CONSENT, did=Acknowledgement.NOTHING_HELD),
    assistance.ProgrammeClosed(
        case=CASE, referral=REFERRAL, organisation="casa-aperta", closure=ClosureKind.OTHER
    ),
)
OF_AN_ERASURE: tuple[Contract, ...] = (
    identification.ErasureRequested(case=CASE, erasure="e" * 32),
    identification.KeysDestroyed(case=CASE, erasure="e" * 32, keys=5),
    referral.KeysDestroyed(case=CASE, erasure="e" * 32, keys=0),
    assistance.KeysDestroyed(case=CASE, erasure="e" * 32, keys=2),
    identification.ErasureCompleted(case=CASE, erasure="e" * 32),
)
REGISTERED = referral.OrganisationRegistered(
    organisation="casa-aperta", kind=OrganisationKind.COOPERATIVE
)
CONTRIBUTED = statistics.CaseContributed(
    month="2026-03",
    area=Area.BOLOGNA,
    channel=Channel.HOTLINE,
    exploitation="labour+sexual",
    age_group=AgeGroup.ADULT,
    gender=Gender.FEMALE,
    citizenship_group=CitizenshipGroup.AFRICA,
)
ONE_OF_EACH = (*OF_A_CASE, *OF_AN_ERASURE, REGISTERED, CONTRIBUTED)


def topic_of(told: Contract) -> str:
    (topic,) = (topic for topic, contracts in PUBLISHED.items() if type(told) in contracts)
    return topic


def message(told: Contract) -> Message:
    """The event as its sender's outbox holds it."""
    topic = topic_of(told)
    key = {STATISTICS: PSEUDONYM}.get(topic, CASE)
    if isinstance(told, referral.OrganisationRegistered):
        key = told.organisation
    at = "2026-03-01T00:00:00Z" if topic == STATISTICS else "2026-03-08T21:30:00.000000Z"
    return Message(
        sender_of(topic),
        topic,
        lane_of(key, LANES),
        7,
        str(uuid.uuid4()),
        told.type,
        key,
        at,
        told.model_dump_json(),
    )
