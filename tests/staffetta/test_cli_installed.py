"""What the commands say about an installation that has a network."""

from pathlib import Path

import pytest

from staffetta.demo import NETWORK
from staffetta.installation import open_installation
from staffetta.joining import join
from staffetta.network import read_network
from tests.staffetta.conftest import Ask


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with Oltre la Strada, and no case: one event says how long what is kept."""
    directory = tmp_path_factory.mktemp("installed")
    installation = open_installation(directory)
    join(installation, read_network(NETWORK))
    installation.close()
    return directory


def test_a_token_is_all_that_is_printed(ask: Ask, here: Path) -> None:
    issued = ask("token", "op-case-1", "--data", here)
    assert (issued.code, issued.err, issued.out.count("\n")) == (0, "", 1)
    assert issued.out.count(".") == 2


def test_an_unknown_operator_is_told_who_has_an_account(ask: Ask, here: Path) -> None:
    refused = ask("token", "op-nobody", "--data", here)
    assert (refused.code, refused.out) == (2, "")
    assert "OPERATOR: no such account here. Accounts: op-analyst-1, op-auditor-1" in refused.err
    assert "op-nobody" not in refused.err


def test_without_a_network_an_operator_is_told_how_to_load_one(ask: Ask, data: Path) -> None:
    open_installation(data).close()
    refused = ask("token", "op-case-1", "--data", data)
    assert refused.code == 2
    assert "Accounts: none yet. Load a network file first: `staffetta serve" in refused.err


def test_a_case_that_is_not_there_is_a_no(ask: Ask, here: Path) -> None:
    refused = ask("trace", "case-" + 32 * "0", "--data", here)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "There is no such case in this installation.\n"


@pytest.mark.parametrize(
    "nonsense",
    ["Rosa Bianchi", "case-1", "case-" + 32 * "G", "organisation-comune-bologna", "", "case-'--"],
)
def test_a_word_that_is_no_case_is_wrong_use(ask: Ask, here: Path, nonsense: str) -> None:
    refused = ask("trace", nonsense, "--data", here)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("CASE: a case's id is `case-` and 32 digits or letters")
    assert not nonsense or nonsense not in refused.err.replace("case-`", "")


def test_a_rebuild_says_how_much_it_read(ask: Ask, here: Path) -> None:
    rebuilt = ask("rebuild", "--data", here)
    assert rebuilt.code == 0
    assert rebuilt.out.splitlines()[0] == "identification: read tables made again from 2 events"
    assert len(rebuilt.out.splitlines()) == 4


def test_one_service_alone_is_rebuilt(ask: Ask, here: Path) -> None:
    rebuilt = ask("rebuild", "referral", "--data", here)
    assert rebuilt.code == 0
    assert [line.split(":")[0] for line in rebuilt.out.splitlines()] == ["referral"]
