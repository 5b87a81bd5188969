"""A consumer survives senders that are newer than itself: more fields, and types it never saw."""

import json
from dataclasses import replace

import pytest

from shared.contracts.envelope import Contract
from staffetta.contracts.published import PUBLISHED
from staffetta.four import FOUR, Part
from tests.wire.told import ONE_OF_EACH, message, topic_of

HEARD = [
    pytest.param(part, told, id=f"{part.name}-{told.type}")
    for part in FOUR
    for told in ONE_OF_EACH
    if topic_of(told) in dict(part.hears).values()
]
EXTRA = {"added_later": "x", "and_this": {"deep": [1, None]}}


@pytest.mark.parametrize(("part", "told"), HEARD)
def test_what_a_later_sender_adds_is_passed_over(part: Part, told: Contract) -> None:
    plain = message(told)
    more = replace(plain, data=json.dumps(json.loads(plain.data) | EXTRA))
    assert part.react(more) == part.react(plain)


@pytest.mark.parametrize(("part", "told"), HEARD)
def test_a_later_version_of_a_type_is_another_type(part: Part, told: Contract) -> None:
    later = replace(message(told), type=told.type.replace(".v1", ".v2"), data='{"unlike": "v1"}')
    assert part.react(later) == []


@pytest.mark.parametrize("part", FOUR, ids=lambda part: part.name)
@pytest.mark.parametrize("data", ["{}", "[]", "null", "not even JSON"])
def test_an_unknown_type_is_not_even_read(part: Part, data: str) -> None:
    unknown = replace(message(ONE_OF_EACH[0]), type="org.staffetta.elsewhere.met.v1", data=data)
    assert part.react(unknown) == []


@pytest.mark.parametrize("part", FOUR, ids=lambda part: part.name)
def test_each_consumer_heeds_something_of_every_topic_it_hears(part: Part) -> None:
    """The two tests above are no comfort for a consumer that heeds nothing."""
    heeded = {topic_of(told) for told in ONE_OF_EACH if part.react(message(told))}
    assert heeded == {topic for _sender, topic in part.hears} & set(PUBLISHED)
