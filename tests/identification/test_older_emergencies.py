"""An emergency that was recorded before its proof was kept: its reason still opens, since it was
sealed under the name that it then had."""

import json
from datetime import timedelta

from eventsourcing.persistence import StoredEvent
from pydantic import SecretStr

from services.identification.cases.emergency.events import EmergencyOpened
from shared.runtime.append import Append, instant
from shared.runtime.mapper import envelope
from shared.runtime.rebuild import rebuild
from shared.runtime.rows import Leaf
from shared.trust.merkle import leaf_hash
from shared.trust.protected import Narrative, Place, Protected, seal_fields
from tests.identification.desk import Desk
from tests.identification.test_http_emergencies import WHY, coordinator, judged, known

OLDER = "case.emergency-opened.v1"
EMERGENCY = "e" * 32


def opened_then(desk: Desk) -> str:
    """The case; as the version before wrote it."""
    case, store, now = known(desk), desk.web.store, desk.web.clock()
    version = len(store.events(case)) + 1
    opened = EmergencyOpened(
        emergency=EMERGENCY,
        operator="op-2",
        organisation="on-the-road",
        custodian="hotline",
        reason=Protected[Narrative](clear=SecretStr(WHY)),
        ends_at=now + timedelta(hours=1),
        review_by=now + timedelta(hours=24),
        proof=None,
    )
    sealed = seal_fields(opened, Place("identification", case, version, OLDER), store.keys)
    data = json.loads(sealed.model_dump_json(exclude={"proof"}))
    body = {"at": instant(now), "by": "op-2", "org": "on-the-road", "data": data}
    event = StoredEvent(case, version, OLDER, json.dumps(body).encode())
    leaf = Leaf(leaf_hash(envelope("identification", event)), case, version, None)
    store.append([event], Append(leaves=[leaf]))
    rebuild(store, lambda _done, _total: None)
    return case


def test_its_reason_is_read_and_it_is_judged(desk: Desk) -> None:
    case, by = opened_then(desk), coordinator(desk)
    answer = desk.web.get(f"/cases/{case}/emergencies/{EMERGENCY}", by)
    assert answer.status_code == 200, answer.text
    assert answer.json()["reason"] == WHY
    assert judged(desk, case, EMERGENCY, by).status_code == 200
