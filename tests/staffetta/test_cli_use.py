"""How the command line is used, and how it says that it was used wrongly."""

from pathlib import Path

import pytest

from tests.staffetta.conftest import Ask

NOBODYS_CASE = "case-" + 32 * "0"
COMMANDS = (
    ("demo",),
    ("serve",),
    ("load",),
    ("load", "nrm"),
    ("trace",),
    ("rebuild",),
    ("token",),
    ("network",),
    ("network", "check"),
    ("up",),
    ("journey",),
    ("run",),
    ("topics",),
    ("topics", "apply"),
    ("topics", "check"),
    ("config",),
    ("config", "check"),
    ("parked",),
    ("parked", "list"),
    ("parked", "show"),
    ("parked", "replay"),
    ("parked", "discard"),
    ("backup",),
    ("restore",),
    ("lost",),
    ("lost", "list"),
    ("lost", "accept"),
    ("audit",),
    ("audit", "export"),
    ("person",),
    ("person", "view"),
    ("verify",),
    ("witness",),
)
NEEDS_AN_INSTALLATION = (
    ("trace", NOBODYS_CASE),
    ("rebuild",),
    ("token", "op-case-1"),
    ("load", "nrm", "--check"),
    ("parked", "list"),
    ("parked", "replay", NOBODYS_CASE),
    ("backup", "saved"),
    ("lost", "list"),
    ("lost", "accept", "--why", "a disk broke"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_is_for(ask: Ask, command: tuple[str, ...]) -> None:
    helped = ask(*command, "--help")
    assert (helped.code, helped.err) == (0, "")
    assert helped.out.startswith(f"Usage: staffetta {' '.join(command)}")
    assert max(len(line) for line in helped.out.splitlines()) <= 80


def test_the_help_names_every_command_with_a_whole_sentence(ask: Ask) -> None:
    told = ask("--help").out
    lines = told[told.index("Commands:") :].splitlines()[1:25]
    assert [line.split()[0] for line in lines] == [
        *("demo", "serve", "trace", "rebuild", "token", "verify", "witness", "backup", "restore"),
        *("up", "journey", "run", "login", "load", "network", "topics", "config", "parked"),
        *("lost", "person", "audit", "account", "certificates", "keys"),
    ]
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


@pytest.mark.parametrize(
    "command",
    [(), ("load",), ("network",), ("topics",), ("config",), ("parked",), ("lost",)],
    ids=" ".join,
)
def test_a_command_that_was_left_out_is_asked_for(ask: Ask, command: tuple[str, ...]) -> None:
    asked = ask(*command)
    assert asked.code == 2
    assert "Commands:" in asked.err


def test_the_version_is_said(ask: Ask) -> None:
    said = ask("--version")
    assert said.code == 0
    assert said.out.startswith("staffetta 0.")


@pytest.mark.parametrize(
    "words",
    [
        ("rosa-bianchi",),
        ("--rosa-bianchi",),
        ("demo", "--rosa-bianchi"),
        ("demo", "rosa-bianchi"),
        ("trace", NOBODYS_CASE, "rosa-bianchi"),
        ("trace", "rosa-bianchi"),
        ("token", "rosa-bianchi"),
        ("rebuild", "rosa-bianchi"),
        ("load", "rosa-bianchi"),
        ("serve", "--port", "rosa-bianchi"),
        ("token", "op-1", "--hours", "rosa-bianchi"),
    ],
    ids=" ".join,
)
def test_nothing_that_was_typed_wrongly_is_repeated(ask: Ask, words: tuple[str, ...]) -> None:
    refused = ask(*words)
    assert refused.code == 2
    assert "Help: staffetta" in refused.err
    assert "rosa" not in (refused.out + refused.err).lower()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("demon",), "No such command. There is: demo, serve, trace"),
        (("demo", "--onec"), "No such option. There is: --once"),
        (("demo", "--data"), "Option '--data' requires an argument."),
        (("trace",), "CASE: must be given"),
        (("token",), "OPERATOR: must be given"),
        (("network", "check"), "FILE: must be given"),
        (("load", "nrm"), "FILE: name at least one file"),
        (("token", "op-1", "--hours", "0"), "--hours: Input should be greater than"),
        (("token", "op-1", "--hours", "25"), "--hours: Input should be less than"),
        (("serve", "--port", "eighty"), "--port: Input should be a valid integer"),
        (("serve", "--port", "70000"), "--port: nobody can listen there"),
        (("serve", "--port", "-1"), "--port: nobody can listen there"),
        (("rebuild", "custody"), "SERVICE: one of identification, referral, assistance, obs"),
    ],
)
def test_the_option_at_fault_is_named(ask: Ask, words: tuple[str, ...], told: str) -> None:
    refused = ask(*words)
    assert refused.code == 2
    assert told in refused.err.splitlines()[0]


@pytest.mark.parametrize("command", [*NEEDS_AN_INSTALLATION, ("demo",), ("serve",)], ids=" ".join)
def test_a_file_is_no_data_directory(ask: Ask, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("mine")
    refused = ask(*command, "--data", tmp_path / "file")
    assert (refused.code, (tmp_path / "file").read_text()) == (2, "mine")
    assert "--data: that is a file, and no directory" in refused.err


@pytest.mark.parametrize("command", NEEDS_AN_INSTALLATION, ids=" ".join)
def test_looking_makes_no_installation(ask: Ask, data: Path, command: tuple[str, ...]) -> None:
    refused = ask(*command, "--data", data)
    assert (refused.code, data.exists()) == (2, False)
    assert "--data: there is no installation there yet: `staffetta serve`" in refused.err
