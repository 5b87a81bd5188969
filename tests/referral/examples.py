"""One of each fact of `referral`, in its place, for the tests of what follows from each."""

from services.referral.directory.events import PlaceFreed, PlaceTaken
from shared.runtime.facts import Fact, Recorded
from shared.trust.protected import Contact, Protected
from tests.referral.given import (
    ACCEPTED,
    ACKNOWLEDGED,
    AT_SHELTER,
    BEGUN,
    CASE,
    COMPLETED,
    DECLINED,
    ENDED,
    ERASED,
    EXPIRED,
    GIVEN_AWAY,
    KEPT,
    LAPSED,
    NAMED,
    NOTED,
    PROPOSED,
    REFERRAL,
    RELEASED,
    RESIDENTIAL,
    RETURNED,
    SENT,
    STOPPED,
    WITHDRAWN,
    offered,
    places,
    registered,
)
from tests.support.decisions import NOW

OF_A_CASE: tuple[Fact, ...] = (
    BEGUN,
    NOTED,
    ENDED,
    LAPSED,
    PROPOSED,
    SENT,
    ACKNOWLEDGED,
    ACCEPTED,
    DECLINED,
    EXPIRED,
    WITHDRAWN,
    STOPPED,
    GIVEN_AWAY,
    COMPLETED,
    NAMED,
    RELEASED,
    RETURNED,
    ERASED,
)
PLACE_TAKEN = PlaceTaken(service=RESIDENTIAL, referral=REFERRAL, free=1)
PLACE_FREED = PlaceFreed(service=RESIDENTIAL, referral=REFERRAL, free=2)
OF_AN_ORGANISATION: tuple[Fact, ...] = (
    registered("casa-aperta"),
    offered(48),
    places(3, 2),
    PLACE_TAKEN,
    PLACE_FREED,
    KEPT.model_copy(update={"address": Protected[Contact](sealed="c2VhbGVk")}),
)
ONE_OF_EACH = (*OF_A_CASE, *OF_AN_ORGANISATION)


def recorded(event: Fact) -> Recorded:
    stream = AT_SHELTER if event in OF_AN_ORGANISATION else CASE
    return Recorded(stream, 1, event, NOW, "op-1", "hotline")
