"""What `observatory` does when it hears a contribution."""

from collections.abc import Sequence
from datetime import datetime

from services.observatory.commands import RecordContribution
from services.observatory.decide import FACTS
from shared.contracts.envelope import STATISTICS
from shared.contracts.statistics import CaseContributed
from shared.runtime.inbox import Reaction
from shared.runtime.message import Message

HEARS = (("identification", STATISTICS),)


def react(message: Message) -> Sequence[Reaction]:
    """The command that a contribution leads to; a type that is not known leads to none."""
    if message.type != CaseContributed.type:
        return []
    told = CaseContributed.model_validate_json(message.data)
    command = RecordContribution.model_validate(told.model_dump())
    # The moment of hearing would tell, beside identification's log, which case a fact comes from.
    month = datetime.fromisoformat(message.at)
    return [Reaction(FACTS, f"fact-{message.key}", command, at=month)]
