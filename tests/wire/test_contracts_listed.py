"""No contract slips in unlisted: what is listed is what the schemas and AsyncAPI tell."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import shared.contracts
from shared.contracts.envelope import Contract
from staffetta.contracts.published import CONTRACTS, PUBLISHED, sender_of
from staffetta.four import FOUR
from tests.wire.told import ONE_OF_EACH

MODULES = [
    importlib.import_module(f"shared.contracts.{found.name}")
    for found in pkgutil.iter_modules(shared.contracts.__path__)
]


def every_kind(of: type[Contract] = Contract) -> Iterator[type[Contract]]:
    for kind in of.__subclasses__():
        yield kind
        yield from every_kind(kind)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_each_module_lists_all_of_its_contracts(module: object) -> None:
    name = getattr(module, "__name__", "")
    written = {kind for kind in every_kind() if kind.__module__ == name}
    assert set(getattr(module, "CONTRACTS", ())) == written


def test_every_contract_goes_over_one_topic() -> None:
    written = {kind for kind in every_kind() if kind.__module__.startswith("shared.contracts.")}
    assert sorted(CONTRACTS, key=str) == sorted(written, key=str)


def test_every_topic_of_a_service_is_listed() -> None:
    assert set(PUBLISHED) == {topic for part in FOUR for topic in part.service.topics}


def test_every_topic_that_is_heard_is_listed_with_its_sender() -> None:
    for part in FOUR:
        for sender, topic in part.hears:
            assert sender_of(topic) == sender


def test_a_type_names_its_sender_and_its_version_and_no_other_has_it() -> None:
    for topic, contracts in PUBLISHED.items():
        for contract in contracts:
            organisation, sender, fact, version = contract.type.removeprefix("org.").split(".")
            assert (organisation, sender) == ("staffetta", sender_of(topic))
            assert fact.replace("-", "").isalpha()
            assert version.removeprefix("v").isdigit()
    assert len({contract.type for contract in CONTRACTS}) == len(CONTRACTS)


def test_the_examples_have_one_of_each_type() -> None:
    assert {type(told) for told in ONE_OF_EACH} == set(CONTRACTS)
