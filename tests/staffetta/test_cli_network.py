"""Network files on the command line: checked, loaded, and loaded again when they have changed."""

from pathlib import Path

import pytest

from services.referral.directory.commands import SetPlaces
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Role, ServiceType
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from staffetta.installation import Installation, fresh, now, open_installation
from staffetta.joining import join
from staffetta.network import read_network
from tests.staffetta.conftest import Ask
from tests.staffetta.processes import started
from tests.staffetta.test_network import NETWORKS, SMALL


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["oltre-la-strada.toml", "nrm.toml"])
def test_the_networks_that_we_deliver_are_well(ask: Ask, name: str) -> None:
    checked = ask("network", "check", NETWORKS / name)
    assert (checked.code, checked.err) == (0, "")
    assert "all is well" in checked.out


def test_each_fault_is_named_with_its_line(ask: Ask, file: Path) -> None:
    checked = ask("network", "check", changed(file, 'kind = "ngo"', 'kind = "Rosa Bianchi"'))
    assert checked.code == 1
    assert checked.err.startswith(f"{file}:12: organisation.kind: ")
    assert "Rosa" not in checked.err


def test_an_account_of_the_police_says_so_by_its_role(ask: Ask, file: Path) -> None:
    """Else an officer would be taken for a helper wherever something is shown."""
    police = changed(file, 'kind = "ngo"', 'kind = "police"')
    checked = ask("network", "check", police)
    assert checked.code == 1
    assert 'account.roles: an account of the police has the role "police-officer"' in checked.err
    marked = changed(police, '["provider-intake"', '["police-officer", "provider-intake"')
    assert ask("network", "check", marked).code == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Shelter"', f'name = "{201 * "s"}"'),
        ('id = "shelter"', f'id = "{81 * "s"}"'),
        ("answer_within_hours = 24", "answer_within_hours = 2161"),
    ],
)
def test_what_the_directory_would_not_take_is_a_fault(
    ask: Ask, file: Path, old: str, new: str
) -> None:
    assert ask("network", "check", changed(file, old, new)).code == 1


def test_a_file_that_is_not_there_is_wrong_use(ask: Ask, tmp_path: Path) -> None:
    missing, folder = tmp_path / "nowhere.toml", tmp_path
    assert ask("network", "check", folder).code == 2
    refused = ask("network", "check", missing)
    assert refused.code == 2
    assert f"{missing}:1: the file cannot be opened: no such file" in refused.err


def test_nothing_is_made_for_a_broken_network(ask: Ask, file: Path, data: Path) -> None:
    refused = ask("serve", "--network", changed(file, "places = 3", "places = -3"), "--data", data)
    assert (refused.code, data.exists()) == (2, False)
    assert refused.err.startswith(f"{file}:16: organisation.service.places: ")


def loaded(installation: Installation, file: Path) -> list[str]:
    return join(installation, read_network(file))


def places(installation: Installation) -> int:
    offers = installation.stores["referral"].rows("SELECT places FROM offers")
    return int(offers[0]["places"])


def test_what_a_file_says_anew_takes_effect_also_when_it_says_it_again(
    file: Path, data: Path
) -> None:
    installation = open_installation(data)
    assert loaded(installation, file) == []
    for before, after in ((3, 5), (5, 3), (3, 5)):
        loaded(installation, changed(file, f"places = {before}", f"places = {after}"))
        assert places(installation) == after
    installation.close()


def test_a_file_that_did_not_change_leaves_no_trace(file: Path, data: Path) -> None:
    installation = open_installation(data)
    loaded(installation, file)
    last = installation.stores["referral"].recorder.max_notification_id()
    loaded(installation, file)
    assert installation.stores["referral"].recorder.max_notification_id() == last
    installation.close()


def test_places_that_the_provider_has_set_since_stay(file: Path, data: Path) -> None:
    installation = open_installation(data)
    loaded(installation, file)
    intake = Acting("op-intake-1", "shelter", now(), frozenset({Role.PROVIDER_INTAKE}), fresh())
    asked = SetPlaces(service=ServiceType.RESIDENTIAL, places=1)
    handle(installation.stores["referral"], DIRECTORY, stream_of("shelter"), asked, intake)
    loaded(installation, file)
    assert places(installation) == 1
    installation.close()


def test_a_changed_organisation_is_said_to_stay_as_it_was(file: Path, data: Path) -> None:
    with started("serve", "--network", file, "--data", data) as serving:
        serving.wait_for("Serving at")
        assert serving.stop().code == 0
    changed(file, 'name = "Shelter"', 'name = "Other Shelter"')
    with started("serve", "--network", file, "--data", data) as serving:
        serving.wait_for("Serving at")
        ended = serving.stop()
    assert ended.code == 0
    assert f"{file}: shelter: name: stays as it was registered" in ended.err
