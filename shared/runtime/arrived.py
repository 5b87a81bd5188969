"""What arrived of a lane, held against its sender: the outbox has the last word.

A broker may bring a copy that was spoilt on the way, or a record that the sender never wrote. The
number alone would make it count, and the sender's own message would then pass for a duplicate.
"""

from collections.abc import Sequence

from shared.runtime import metrics
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox


class CannotHeal(Exception):
    """The sender does not have the rows that are missing here: somebody must look."""


def in_turn(
    service: str, sender: Outbox, messages: Sequence[Message], before: int
) -> Sequence[Message]:
    """The messages above `before`, each number once, with the gaps filled by the sender."""
    topic, lane = messages[0].topic, messages[0].lane
    here = {message.number: message for message in messages if message.number > before}
    if here and max(here) - before > len(here):
        here = _written(service, sender, here)
    wanted = range(before + 1, max(here, default=before) + 1)
    missing = [number for number in wanted if number not in here]
    if missing:
        fetched = sender.rows(topic, lane, missing[0] - 1, missing[-1] - missing[0] + 1)
        here |= {message.number: message for message in fetched if message.number in missing}
    if any(number not in here for number in wanted):
        raise CannotHeal(f"{sender.sender} no longer has all of {topic}, lane {lane}")
    if missing:
        metrics.healed(service, sender.sender, topic, len(missing))
    return [here[number] for number in wanted]


def as_written(sender: Outbox, due: Sequence[Message], faults: dict[int, str]) -> Sequence[Message]:
    """The same messages, where the one found at fault last is what its sender wrote under that
    number; where it wrote none, those before it. Only a fault that the sender made stays one."""
    fault = next(reversed(faults))
    at = next(place for place, message in enumerate(due) if message.number == fault)
    told = due[at]
    own = sender.rows(told.topic, told.lane, fault - 1, 1)
    if own and _said(own[0]) == _said(told):
        return due
    del faults[fault]
    written = [row for row in own if row.number == fault]
    return [*due[:at], *written, *due[at + 1 :]] if written else due[:at]


def _said(message: Message) -> tuple[int, str, str, str, str]:
    return message.number, message.id, message.type, message.key, message.data


def _written(service: str, sender: Outbox, here: dict[int, Message]) -> dict[int, Message]:
    """Without what is numbered beyond all that the sender has written; what it will write under
    those numbers comes again."""
    some = next(iter(here.values()))
    head = sender.heads(some.topic).get(some.lane, 0)
    if max(here) <= head:
        return here
    log().error("unwritten", service=service, sender=sender.sender, topic=some.topic)
    return {number: message for number, message in here.items() if number <= head}
