from collections.abc import Callable
from pathlib import Path

import pytest

from shared.codes import Area, Role, ServiceType
from staffetta.faults import FaultyFile
from staffetta.network import read_network

NETWORKS = Path(__file__).parents[2] / "deploy" / "networks"
SMALL = """\
name = "Small"
coordinator = "region"

[[organisation]]
id = "region"
name = "Region"
kind = "regional-authority"

[[organisation]]
id = "shelter"
name = "Shelter"
kind = "ngo"

[[organisation.service]]
type = "residential"
places = 3
area = "IT-BO"
languages = [
    "it",
    "sq",
]
answer_within_hours = 24

[[account]]
operator = "op-intake-1"
organisation = "shelter"
roles = ["provider-intake"]
"""
# Neither police nor judiciary takes part in the journey.
_AT_WORK = set(Role) - {Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY}
FaultsOf = Callable[[str], list[tuple[int, str, str]]]


@pytest.fixture
def faults_of(tmp_path: Path) -> FaultsOf:
    """Each fault of a file with this text: its line, field and rule."""

    def read(text: str) -> list[tuple[int, str, str]]:
        path = tmp_path / "network.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FaultyFile) as refused:
            read_network(path)
        assert {fault.file for fault in refused.value.faults} == {str(path)}
        return [(fault.line, fault.field, fault.rule) for fault in refused.value.faults]

    return read


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def test_a_small_network_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    network = read_network(path)
    (offer,) = network.organisations[1].services
    assert (network.name, network.coordinator) == ("Small", "region")
    assert (offer.type, offer.places, offer.area) == (ServiceType.RESIDENTIAL, 3, Area.BOLOGNA)
    assert offer.languages == ("it", "sq")
    assert network.accounts[0].roles == {Role.PROVIDER_INTAKE}


def test_toml_that_is_broken_is_refused_with_its_line(faults_of: FaultsOf) -> None:
    assert faults_of(changed("places = 3", "places = = 3")) == [
        (16, "", "not TOML from column 10 on")
    ]


def test_toml_that_stops_half_way_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(SMALL + '[[account]]\nroles = ["auditor",\n') == [
        (29, "", "TOML that stops half-way")
    ]


def test_a_field_that_does_not_exist_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed("places = 3", "places = 3\nbeds = 4")) == [
        (17, "organisation.service.beds", "there is no such field")
    ]


def test_a_code_that_does_not_exist_is_refused_with_those_that_do(faults_of: FaultsOf) -> None:
    ((line, field, rule),) = faults_of(changed('"residential"', '"Rosa lives here"'))
    assert (line, field) == (15, "organisation.service.type")
    assert "'residential', 'material'" in rule
    assert "Rosa" not in rule


def test_a_second_organisation_with_an_id_is_refused(faults_of: FaultsOf) -> None:
    again = '\n[[organisation]]\nid = "shelter"\nname = "Again"\nkind = "ngo"\n'
    assert faults_of(SMALL + again) == [(30, "organisation.id", "another organisation has this id")]


def test_a_second_account_with_an_operator_id_is_refused(faults_of: FaultsOf) -> None:
    again = (
        '\n[[account]]\noperator = "op-intake-1"\norganisation = "region"\nroles = ["auditor"]\n'
    )
    assert faults_of(SMALL + again) == [
        (30, "account.operator", "another account has this operator id")
    ]


def test_an_account_of_nobody_in_the_network_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed('organisation = "shelter"', 'organisation = "elsewhere"')) == [
        (26, "account.organisation", "no organisation of this file has this id")
    ]


def test_an_account_that_is_no_operator_id_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed("op-intake-1", "rosa-bianchi")) == [
        (25, "account.operator", 'begins with "op-", and never names a person')
    ]


def test_an_id_that_is_no_slug_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed('id = "shelter"', 'id = "The Shelter"')) == [
        (10, "organisation.id", "lower-case letters and digits, joined by single hyphens")
    ]


def test_fewer_than_no_places_are_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed("places = 3", "places = -1")) == [
        (16, "organisation.service.places", "Input should be greater than or equal to 0")
    ]


@pytest.mark.parametrize("places", ['"3"', "true", "2.5"])
def test_places_that_are_no_whole_number_are_refused(faults_of: FaultsOf, places: str) -> None:
    assert faults_of(changed("places = 3", f"places = {places}")) == [
        (16, "organisation.service.places", "Input should be a valid integer")
    ]


def test_a_language_that_is_no_tag_is_refused_where_the_list_begins(faults_of: FaultsOf) -> None:
    assert faults_of(changed('"sq"', '"Albanian"')) == [
        (
            18,
            "organisation.service.languages",
            "a BCP 47 language tag, as in sq, pt-BR, zh-Hant",
        )
    ]


def test_a_coordinator_outside_the_network_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed('coordinator = "region"', 'coordinator = "ministry"')) == [
        (2, "coordinator", "no organisation of this file has this id")
    ]


def test_a_network_without_a_coordinator_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of(changed('coordinator = "region"\n', "")) == [
        (1, "coordinator", "must be given")
    ]


def test_a_field_left_out_is_named_where_its_table_begins(faults_of: FaultsOf) -> None:
    assert faults_of(changed("places = 3\n", "")) == [
        (14, "organisation.service.places", "must be given")
    ]


def test_all_faults_are_told_at_once_from_top_to_bottom(faults_of: FaultsOf) -> None:
    text = changed("places = 3", "places = -1").replace('"provider-intake"', '"boss"')
    assert [line for line, _, _ in faults_of("colour = 1\n" + text)] == [1, 17, 28]


def test_a_table_written_in_one_line_is_found_too(faults_of: FaultsOf) -> None:
    text = """\
name = '''
[[organisation]]
'''
coordinator = "a"
organisation = [
    { id = "a", name = "A", kind = "ngo" },
]
account = [{ operator = "op-1", organisation = "b", roles = ["auditor"] }]
"""
    assert [line for line, _, _ in faults_of(text)] == [8]


def test_windows_line_ends_do_not_move_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_bytes(changed("places = 3", "places = -1").replace("\n", "\r\n").encode())
    with pytest.raises(FaultyFile) as refused:
        read_network(path)
    assert [fault.line for fault in refused.value.faults] == [16]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_bytes(b'name = "Small"\ncoordinator = "Forl\xec"\n')
    with pytest.raises(FaultyFile, match=r"network\.toml:2: the text must be UTF-8"):
        read_network(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultyFile, match=r"nowhere\.toml:1: the file cannot be opened"):
        read_network(tmp_path / "nowhere.toml")


def test_oltre_la_strada_has_all_a_journey_needs() -> None:
    network = read_network(NETWORKS / "oltre-la-strada.toml")
    assert network.coordinator == "regione-emilia-romagna"
    assert {role for account in network.accounts for role in account.roles} == _AT_WORK
    offered = {offer.type for member in network.organisations for offer in member.services}
    assert offered == set(ServiceType)
    assert sum(member.invented for member in network.organisations) >= 4
    areas = {member.area for member in network.organisations}
    assert areas >= set(Area) - {Area.UNITED_KINGDOM, Area.UNKNOWN}


def test_the_national_mechanism_is_marked_as_modelled() -> None:
    network = read_network(NETWORKS / "nrm.toml")
    assert all(member.modelled for member in network.organisations)
    (authority,) = (member for member in network.organisations if member.services)
    assert authority.id == "nrm-competent-authority"
    assert [offer.type for offer in authority.services] == [ServiceType.FORMAL_IDENTIFICATION]
