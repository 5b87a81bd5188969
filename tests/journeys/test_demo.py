"""`staffetta demo`, as a process: the whole journey, again and again, and beside another."""

import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest

from staffetta.journey.steps import STEPS
from tests.staffetta.processes import REPOSITORY, Ended, staffetta, started


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(data: Path) -> Ended:
    return staffetta("demo", "--once", "--data", data)


def case_of(demo: Ended) -> str:
    found = re.search(r"Trace of (case-[0-9a-f]{32})", demo.out)
    assert found, demo.err
    return found[1]


def test_every_step_has_its_effect(first: Ended) -> None:
    assert (first.code, first.err) == (0, "")
    assert first.out.count("✓") == len(STEPS) == 15
    assert all(step.title in first.out for step in STEPS)
    assert "✗" not in first.out


def test_the_trace_tells_who_did_what_under_which_consent(first: Ended) -> None:
    lines = first.out.splitlines()
    under = [line for line in lines if re.search(r"  [0-9a-f]{8}\s*$", line)]
    assert len({line.split()[-1] for line in under}) == 1
    for told in (
        r"op-case-1 +comune-bologna +identification: consent given to cooperativa-inventata-due",
        r"op-case-1 +comune-bologna +referral: referral proposed to cooperativa-inventata-uno",
        r"op-intake-2 +cooperativa-inventata-due +identification: disclosed to cooperativa",
        r"op-intake-2 +cooperativa-inventata-due +assistance: plan agreed",
        r"op-intake-2 +cooperativa-inventata-due +identification: consent withdrawn",
    ):
        assert any(re.search(told, line) for line in under), told
    refused = r"op-intake-1 +cooperativa-inventata-uno +identification: refused DiscloseDossier"
    assert any(re.search(refused, line) for line in lines)


def test_the_trace_can_be_seen_again(first: Ended, data: Path) -> None:
    again = staffetta("trace", case_of(first), "--data", data)
    assert (again.code, again.err) == (0, "")
    assert len(table(first)) > 40
    assert set(table(first)) <= set(table(again))


def table(told: Ended) -> list[str]:
    """The trace's lines below its title, without what is said after it."""
    lines = told.out.split("(times in UTC)\n", 1)[1].split("\n\n", 1)[0]
    return [line.rstrip() for line in lines.splitlines()]


def test_a_second_demo_on_the_same_directory_is_a_journey_of_its_own(
    first: Ended, data: Path
) -> None:
    second = staffetta("demo", "--once", "--data", data)
    assert (second.code, second.err) == (0, "")
    assert case_of(second) != case_of(first)


def test_two_demos_at_once_have_each_their_address(tmp_path: Path) -> None:
    with (
        started("demo", "--data", tmp_path / "one") as one,
        started("demo", "--data", tmp_path / "other") as other,
    ):
        addresses = {one.wait_for("Serving at"), other.wait_for("Serving at")}
        assert len({line.split(" (")[0] for line in addresses}) == 2
        assert (one.stop().code, other.stop().code) == (0, 0)


def test_what_the_demo_tells_to_try_works_as_it_stands(tmp_path: Path) -> None:
    with started("demo", "--data", tmp_path / "with space") as demo:
        tried = re.search(
            r'curl -H "Authorization: Bearer \$\((.+)\)" (\S+)', demo.wait_for("curl")
        )
        assert tried
        token = subprocess.run(
            shlex.split(tried[1]), cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout.strip()
        answer = httpx.get(tried[2], headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 200
        assert any("consent withdrawn" in line["what"] for line in answer.json())
        again = demo.wait_for("The trace again:").split(":", 1)[1]
        shown = subprocess.run(shlex.split(again), cwd=REPOSITORY, capture_output=True, check=True)
        assert b"consent withdrawn" in shown.stdout
        assert demo.stop().code == 0
