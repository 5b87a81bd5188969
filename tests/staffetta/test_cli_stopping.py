"""Serving, and stopping: by Ctrl-C or by SIGTERM, at any moment, without a traceback."""

import re
import signal
import socket
from pathlib import Path

import httpx
import pytest

from staffetta.demo import NETWORK
from tests.staffetta.processes import Started, staffetta, started
from tests.staffetta.test_cli_load import CONTENT

WAYS = (signal.SIGINT, signal.SIGTERM)


def address_of(serving: Started) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", serving.wait_for("Serving at"))
    assert found
    return found[0]


@pytest.mark.parametrize("how", WAYS)
def test_serving_ends_well_however_it_is_stopped(tmp_path: Path, how: signal.Signals) -> None:
    with started("serve", "--data", tmp_path) as serving:
        assert httpx.get(address_of(serving)).status_code == 200
        ended = serving.stop(how)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("Stopping.\n")


def test_without_a_network_serving_says_what_to_do(tmp_path: Path) -> None:
    with started("serve", "--data", tmp_path) as serving:
        line = serving.wait_for("a network file:")
        serving.stop()
    assert line.split("staffetta ", 1)[1].startswith("serve --network ")
    assert line.endswith(f"--data {tmp_path}\n")


def test_with_a_network_serving_says_how_to_get_a_token(tmp_path: Path) -> None:
    with started("serve", "--network", NETWORK, "--data", tmp_path) as serving:
        token = serving.wait_for("A token:")
        accounts = serving.wait_for("Accounts:")
        serving.stop()
    assert f"token op-analyst-1 --data {tmp_path}" in token
    assert "op-hotline-1" in accounts


def test_a_port_that_is_taken_is_wrong_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = staffetta("serve", "--port", port, "--data", tmp_path / "var")
    assert (refused.code, (tmp_path / "var").exists()) == (2, False)
    assert refused.err.startswith("--port: nobody can listen there")


def test_two_that_serve_find_each_a_port(tmp_path: Path) -> None:
    with (
        started("serve", "--data", tmp_path / "one") as one,
        started("serve", "--data", tmp_path / "other") as other,
    ):
        addresses = {address_of(one), address_of(other)}
        assert len(addresses) == 2
        assert {httpx.get(each).status_code for each in addresses} == {200}
        assert (one.stop().code, other.stop().code) == (0, 0)


def test_a_load_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(CONTENT.replace("Male,Albanian,12", "Male,Albanian,700"), encoding="utf-8")
    with started("load", "nrm", file, "--data", tmp_path / "var") as loading:
        loading.wait_for("people: ")
        ended = loading.stop(signal.SIGINT)
    assert (ended.code, ended.out) == (130, "")
    assert re.search(r"Stopped after \d+ of 809 people: the same command goes on", ended.err)
    assert "Traceback" not in ended.err
    again = staffetta("load", "nrm", file, "--data", tmp_path / "var")
    assert again.code == 0
    assert again.out.startswith("Equal: 809 people ")


@pytest.mark.parametrize(("when", "how"), [(" 1. ", signal.SIGINT), ("14. ", signal.SIGTERM)])
def test_a_demo_can_be_stopped_in_its_midst(tmp_path: Path, how: signal.Signals, when: str) -> None:
    with started("demo", "--data", tmp_path) as demo:
        demo.wait_for(when)
        ended = demo.stop(how)
    assert ended.code in {0, 130}  # 0 where it was just about to serve
    assert ended.err == ""
