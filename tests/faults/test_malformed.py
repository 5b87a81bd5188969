"""Records that no sender of ours would write, and messages that one wrote wrongly."""

import sys
import uuid

import pytest

from services.identification.cases.publishes import TOPIC
from services.referral.consumer import react
from shared.codes import Area
from shared.contracts.identification import CaseOpened
from shared.runtime.append import Append
from shared.runtime.facts import Acting
from shared.runtime.parking import discard, parked, replay
from shared.runtime.rows import OutboxRow
from shared.runtime.work import lane_of
from staffetta.installation import now
from tests.faults.cluster import Cluster
from tests.faults.test_two_relays import a_store_of
from tests.faults.topic import Record, read, writing

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


def test_what_nobody_of_ours_wrote_changes_nothing(running: Cluster) -> None:
    """Among real records, from somebody who may write to every topic."""
    with running.load() as journal:
        journal.wait_for_more(20)
        real = [record for record in read(running, TOPIC) if record.number is not None]
        with writing(running) as writer:
            for record in {each.lane: each for each in real}.values():
                for forged in forgeries(record):
                    writer.write(forged)
        journal.wait_for_more(40)
    verdict = running.verdict()
    sys.stdout.write(f"forged: {verdict}\n")
    assert verdict.faults() == {}


def forgeries(real: Record) -> list[Record]:
    """`real` is the last record of its lane."""
    topic, lane, key, value = real.topic, real.lane, real.key, real.value
    far = str((real.number or 0) + 1_000)
    broken = b'{"case": "'
    return [
        Record(topic, lane, b"nobody", None, []),
        Record(topic, lane, key, broken, []),
        Record(topic, lane, b"\xff\xfe", b"\xff\xfe", real.headers),
        Record(topic, lane, key, value, [("ce_id", b"\xff"), *real.headers[1:]]),
        Record(topic, lane, key, value, real.with_headers(ce_number="many")),
        Record(topic, lane, key, value, real.with_headers(ce_specversion="0.3")),
        Record(topic, lane, key, broken, real.headers),
        Record(topic, (lane + 1) % 8, key, value, real.headers),
        Record(topic, lane, key, value, real.with_headers(ce_source="urn:staffetta:referral")),
        Record(topic, lane, key, value, real.with_headers(ce_source="urn:somebody:else")),
        Record(topic, lane, key, value, real.with_headers(ce_number="0")),
        Record(topic, lane, key, value, real.with_headers(ce_number="-7")),
        Record(topic, lane, key, value, real.with_headers(ce_number=far)),
        Record(topic, lane, key, broken, real.with_headers(ce_number=far)),
        Record(topic, lane, key, b"{}", real.with_headers(ce_type="nobody.knows.v9")),
    ]


def test_an_unknown_type_is_passed_and_a_broken_message_parks_its_case_alone(
    running: Cluster,
) -> None:
    """Both come from the sender itself: a newer version of it, or one with a fault."""
    case = f"case-{uuid.uuid4().hex}"
    with running.load() as journal:
        journal.wait_for_more(10)
        tell(running, case, "org.staffetta.identification.case-coloured.v1", '{"colour": "red"}')
        tell(running, case, CaseOpened.type, '{"case": "')
        opened = CaseOpened(case=case, organisation="comune-bologna", area=Area.BOLOGNA)
        tell(running, case, CaseOpened.type, opened.model_dump_json())  # waits behind it
        journal.wait_for_more(40)
    verdict = running.verdict()
    sys.stdout.write(f"a broken message: {verdict}\n")
    assert verdict.faults(parked=1) == {}
    assert verdict.parked == [f"referral: {case}"]
    given_up_and_replayed(running, case)
    assert running.verdict().faults() == {}


def tell(running: Cluster, case: str, type_: str, data: str) -> None:
    """Into the outbox of identification, with the next number of its lane."""
    with a_store_of(running, "identification") as store:
        lane = lane_of(case, store.service.topics[TOPIC])
        row = OutboxRow(TOPIC, lane, str(uuid.uuid4()), type_, case, "2026-01-01T00:00:00Z", data)
        store.append([], Append(outbox=[row]))


def given_up_and_replayed(running: Cluster, case: str) -> None:
    """The broken message is discarded; what waited behind it has its effect."""
    acting = Acting("op-coordinator-1", "regione-emilia-romagna", now())
    with a_store_of(running, "referral") as store:
        first, second = parked(store, case)
        assert (first.fault, second.fault) == ("ValidationError", "")
        discard(store, first, "a test", acting)
        assert replay(store, case, react, lambda _message: acting) == 1
