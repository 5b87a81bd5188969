"""`referral` on a real store, behind its HTTP, with the services it hears told by hand."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx2 import Response

from services.referral.app import SERVICE, app
from services.referral.consumer import HEARS, react
from shared.codes import Area, ClosureKind, DataCategory, Purpose, Role
from shared.contracts import assistance, identification
from shared.contracts.envelope import LANES, Contract
from shared.runtime.facts import Acting
from shared.runtime.inbox import receive
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.timers import fire_due
from tests.referral.given import ANOTHER_CONSENT, CASE, CONSENT, IN_A_MONTH
from tests.support.outboxes import MemoryOutbox
from tests.support.web import Web, serve

OPENED = identification.CaseOpened(case=CASE, organisation="hotline", area=Area.BOLOGNA)
GIVEN = identification.ConsentGiven(
    case=CASE,
    consent=CONSENT,
    recipient="casa-aperta",
    purpose=Purpose.REFERRAL,
    categories=(DataCategory.NARRATIVE,),
    valid_until=IN_A_MONTH,
)
GIVEN_ANEW = GIVEN.model_copy(
    update={"consent": ANOTHER_CONSENT, "valid_until": IN_A_MONTH + timedelta(days=30)}
)
WITHDRAWN = identification.ConsentWithdrawn(case=CASE, consent=CONSENT)
TOPICS = dict(HEARS)


@dataclass
class Relay:
    """Posts as the operators of four organisations; hears what other services would tell."""

    web: Web
    senders: dict[str, MemoryOutbox] = field(
        default_factory=lambda: {sender: MemoryOutbox(sender, LANES) for sender in TOPICS}
    )

    def hear(self, told: Contract, sender: str = "identification") -> Message:
        """One public event, received as the running service receives it."""
        outbox = self.senders[sender]
        message = outbox.tell(TOPICS[sender], getattr(told, "case", ""), told)
        self.receive(sender, [message])
        return message

    def receive(self, sender: str, messages: Sequence[Message]) -> int:
        return receive(self.web.store, self.senders[sender], messages, react, self._acting)

    def _acting(self, message: Message) -> Acting:
        return Acting("relay", message.sender, self.web.clock(), frozenset(), uuid.uuid4().hex)

    def programme_closed(self, referral: str) -> None:
        closed = assistance.ProgrammeClosed(
            case=CASE,
            referral=referral,
            organisation="casa-aperta",
            closure=ClosureKind.COMPLETED_AS_PLANNED,
        )
        self.hear(closed, "assistance")

    def by(self, organisation: str, operator: str = "op-1") -> str:
        """A token of the operator who does there what these tests ask."""
        roles = {"hotline": Role.HOTLINE_OPERATOR, "regione": Role.COORDINATOR}
        role = roles.get(organisation, Role.PROVIDER_INTAKE)
        return self.web.token(organisation, role, operator=operator)

    def propose(self, *receivers: str, case: str = CASE, consent: str = CONSENT) -> str:
        """A proposal by the hotline; the new referral's id."""
        asked = {"service": "residential", "consent": consent, "receivers": receivers}
        made = self.web.post(f"/cases/{case}/referrals", asked, self.by("hotline"))
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def step(
        self, referral: str, step: str, organisation: str, *, case: str = CASE, **body: str
    ) -> Response:
        address = f"/cases/{case}/referrals/{referral}/{step}"
        return self.web.post(address, body, self.by(organisation))

    def did(self, referral: str, *steps: tuple[str, str], case: str = CASE) -> None:
        """Each step by its organisation, as it must be possible."""
        for step, organisation in steps:
            done = self.step(referral, step, organisation, case=case)
            assert done.status_code == 200, done.text

    def seen(self, case: str = CASE) -> Any:
        """The case as the coordinator sees it."""
        return self.web.get(f"/cases/{case}/referrals", self.by("regione")).json()

    def free(self, organisation: str = "casa-aperta") -> int:
        offers = self.web.get("/offers?service=residential", self.by("regione")).json()["items"]
        return next(int(line["free"]) for line in offers if line["organisation"] == organisation)

    def fire_due(self) -> int:
        return fire_due(self.web.store, self.web.clock(), lambda: uuid.uuid4().hex)

    def published(self) -> list[tuple[str, Any]]:
        """What was told of cases; what was told of organisations is left out."""
        outbox, (topic,) = StoreOutbox(self.web.store), SERVICE.topics
        rows = [outbox.rows(topic, lane, 0, 100) for lane in range(LANES)]
        told = [(row.type, json.loads(row.data)) for lane in rows for row in lane]
        return [each for each in told if "case" in each[1]]

    def entries(self, stream: str = CASE) -> list[Any]:
        """What the audit log keeps of the stream besides its facts."""
        rows = self.web.store.rows(
            "SELECT entry FROM audit WHERE stream = ? AND entry IS NOT NULL ORDER BY idx", (stream,)
        )
        return [json.loads(row["entry"]) for row in rows]


def register(relay: Relay, organisation: str, hours: int, places: int) -> None:
    """An organisation that offers safe accommodation."""
    body: dict[str, Any] = {"organisation": organisation, "name": organisation, "kind": "ngo"}
    offer = {"service": "residential", "area": "IT-BO", "answer_within_hours": hours}
    here = f"/organisations/{organisation}"
    by = relay.by("regione")
    answers = [relay.web.post("/organisations", body, by)]
    answers += [relay.web.post(f"{here}/services", offer, by)]
    answers += [relay.web.post(f"{here}/places", {"service": "residential", "places": places}, by)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]


def open_relay(kind: str, directory: Path) -> Relay:
    """The service where two providers are registered, and a case and a consent were heard of."""
    relay = Relay(serve(kind, SERVICE, app, directory))
    register(relay, "casa-aperta", hours=48, places=2)
    register(relay, "porto", hours=24, places=1)
    relay.hear(OPENED)
    relay.hear(GIVEN)
    return relay
