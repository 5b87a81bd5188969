"""Which contract goes over which topic, and who sends it: listed, so that nothing slips in."""

from collections.abc import Mapping

from shared.contracts import assistance, identification, referral, statistics
from shared.contracts.envelope import STATISTICS, Contract, events_topic
from staffetta.four import FOUR

PUBLISHED: Mapping[str, tuple[type[Contract], ...]] = {
    events_topic("identification"): identification.CONTRACTS,
    events_topic("referral"): referral.CONTRACTS,
    events_topic("assistance"): assistance.CONTRACTS,
    STATISTICS: statistics.CONTRACTS,
}
CONTRACTS = tuple(contract for contracts in PUBLISHED.values() for contract in contracts)


def sender_of(topic: str) -> str:
    """The one service that writes a topic."""
    (sender,) = (part.name for part in FOUR if topic in part.service.topics)
    return sender
