"""Each service with something in it, so that what is sent at random also meets what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.referral import HandoverCompleted
from shared.web.door import SERVICE_ROLE
from staffetta.four import FOUR
from tests.assistance import given as assistance
from tests.assistance.hearing import handover, hear
from tests.referral.given import CASE
from tests.referral.relay import open_relay
from tests.support.decisions import ACTIVE_ROLES
from tests.support.web import Web, serve
from tests.web.asking import opened

ORGANISATIONS = ("hotline", "casa-aperta", "regione")


@dataclass(frozen=True)
class Seeded:
    """A service, and what may stand in its addresses that is really there."""

    web: Web
    known: Mapping[str, str]

    def token(self, organisation: str) -> str:
        """Somebody who may do everything that the roles allow: a rule turns nobody away early."""
        roles = (*ACTIVE_ROLES, SERVICE_ROLE)
        return self.web.token(organisation, *roles, operator="referral")


def seeded(name: str, directory: Path) -> Seeded:
    if name == "referral":
        relay = open_relay("sqlite", directory)
        known = {"case": CASE, "referral": relay.propose("casa-aperta")}
        return Seeded(relay.web, known | {"organisation": "casa-aperta"})
    part = next(part for part in FOUR if part.name == name)
    web = serve("sqlite", part.service, part.app, directory)
    if name == "identification":
        return Seeded(web, {"case": opened(web)})
    if name == "assistance":
        told = handover(assistance.REFERRAL, assistance.CONSENT, "casa-aperta")
        hear(web, HandoverCompleted.type, told)
        return Seeded(web, {"case": assistance.CASE, "referral": assistance.REFERRAL})
    return Seeded(web, {})
