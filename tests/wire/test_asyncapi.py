"""The AsyncAPI document, by AsyncAPI's own parser; and that the parser does look."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.envelope import LANES, STATISTICS
from staffetta.contracts.files import DIRECTORY, DOCUMENT
from staffetta.contracts.published import CONTRACTS, PUBLISHED
from tests.wire import asyncapi

# The first run fetches the parser.
pytestmark = pytest.mark.timeout(300)
OPENED = "org.staffetta.identification.case-opened.v1"


def test_the_parser_has_nothing_to_say_against_it() -> None:
    code, (found,) = asyncapi.checked(DIRECTORY / DOCUMENT)
    assert (code, found["faults"]) == (0, [])
    assert set(found["channels"]) == set(PUBLISHED)
    assert set(found["messages"]) == {contract.type for contract in CONTRACTS}
    assert len(found["operations"]) == 11


def no_such_message(document: Any, _payload: Any) -> None:
    document["operations"]["referral.send.staffetta.referral.events"]["messages"] = [
        {"$ref": "#/channels/staffetta.referral.events/messages/lost"}
    ]


def no_such_payload(document: Any, _payload: Any) -> None:
    document["components"]["messages"][OPENED]["payload"] = {"$ref": "./lost.json"}


def no_such_action(document: Any, _payload: Any) -> None:
    document["operations"]["referral.send.staffetta.referral.events"]["action"] = "whisper"


def no_such_kind_of_value(_document: Any, payload: Any) -> None:
    payload["properties"]["case"]["type"] = "words"


def test_the_parser_finds_what_is_wrong(tmp_path: Path) -> None:
    """One run for all, since it takes the parser a while to begin."""
    damages = (no_such_message, no_such_payload, no_such_action, no_such_kind_of_value)
    files = [damaged(tmp_path / damage.__name__, damage) for damage in damages]
    code, found = asyncapi.checked(DIRECTORY / DOCUMENT, *files)
    assert code == 1
    assert [bool(each["faults"]) for each in found] == [False, True, True, True, True]


def damaged(directory: Path, damage: Callable[[Any, Any], None]) -> Path:
    shutil.copytree(DIRECTORY, directory)
    files = [directory / DOCUMENT, directory / f"{OPENED}.json"]
    both = [json.loads(file.read_text("utf-8")) for file in files]
    damage(*both)
    for file, schema in zip(files, both, strict=True):
        file.write_text(json.dumps(schema), "utf-8")
    return files[0]


def test_without_the_registry_it_fails_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncapi, "_KEPT", tmp_path / "kept")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(AssertionError, match="comes from the npm registry"):
        asyncapi.checked(DIRECTORY / DOCUMENT)
    assert list((tmp_path / "kept").iterdir()) == []


def test_lanes_are_partitions_and_the_observatory_hears_contributions_only() -> None:
    document = json.loads((DIRECTORY / DOCUMENT).read_text("utf-8"))
    for channel in document["channels"].values():
        assert channel["bindings"]["kafka"]["partitions"] == LANES
    hears = [name for name in document["operations"] if name.startswith("observatory.")]
    assert hears == [f"observatory.receive.{STATISTICS}"]
