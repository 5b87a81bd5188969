"""What only a server has: that it is sealed, away, or does not let our token in."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from shared.trust.kek import CannotUnwrap, Kek, NoKek
from shared.trust.key_file import keys_in_file
from shared.trust.transit_kek import Transit, transit_kek
from tests.support.transit import SmallServer, small_server

KEY, BOUND = bytes(range(32)), b"identification case-1 identity"


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with small_server() as running:
        yield running


def asked(server: SmallServer) -> Transit:
    return Transit(server.place.address, lambda: server.place.token)


@pytest.fixture
def kek(server: SmallServer) -> Iterator[Kek]:
    with closing(transit_kek(asked(server), "identification", make=True)) as made:
        yield made


def test_the_server_never_sees_under_which_subject_a_key_stands_but_as_bound(
    kek: Kek, server: SmallServer
) -> None:
    """The names of the keys there are those of services: nothing of a person is in an address."""
    kek.wrap(KEY, BOUND)
    assert list(server.keys) == ["staffetta-identification"]


def test_a_sealed_server_refuses_and_answers_again(
    kek: Kek, server: SmallServer, tmp_path: Path
) -> None:
    with closing(keys_in_file(tmp_path / "identification.sqlite", lambda _make: kek)) as keys:
        key = keys.key_for("case-1", "identity")
        server.sealed = True
        for ask in (keys.known_key, keys.key_for):
            with pytest.raises(NoKek, match="sealed"):
                ask("case-1", "identity")
        with pytest.raises(NoKek):
            keys.key_for("case-2", "identity")
        assert "sealed" in keys.trouble()
        server.sealed = False
        assert keys.trouble() == ""
        assert keys.known_key("case-1", "identity") == key


def test_a_server_that_is_away_is_told() -> None:
    with small_server() as server:
        where = asked(server)
        kek = transit_kek(where, "identification", make=True)
        version, wrapped = kek.wrap(KEY, BOUND)
    with closing(kek):
        with pytest.raises(NoKek, match="does not answer"):
            kek.unwrap(version, wrapped, BOUND)
        with small_server(server.port, server):
            assert kek.unwrap(version, wrapped, BOUND) == KEY


def test_a_token_that_ended_is_told_and_the_next_one_is_read(
    server: SmallServer, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("old-rosa-bianchi")
    where = replace(asked(server), token=file.read_text)
    with pytest.raises(NoKek, match="renewed") as refused:
        transit_kek(where, "identification", make=True)
    assert "rosa" not in str(refused.value) + repr(where)
    file.write_text(server.token)
    with closing(transit_kek(where, "identification", make=True)) as kek:
        file.write_text("old-rosa-bianchi")
        with pytest.raises(NoKek, match="renewed"):
            kek.wrap(KEY, BOUND)
        file.write_text(server.token)
        assert kek.wrap(KEY, BOUND)[0] == 1


def test_a_token_file_that_is_gone_is_told(server: SmallServer, tmp_path: Path) -> None:
    where = replace(asked(server), token=(tmp_path / "none").read_text)
    with pytest.raises(NoKek):
        transit_kek(where, "identification", make=True)


@pytest.mark.parametrize(
    "address", ["http://vault.internal:8200", "http://10.0.0.1:8200", "ftp://127.0.0.1"]
)
def test_keys_do_not_travel_in_the_clear(address: str) -> None:
    with pytest.raises(NoKek, match="https"):
        transit_kek(Transit(address, lambda: ""), "identification", make=True)


@pytest.mark.parametrize(("what", "value"), [("exportable", True), ("kind", "chacha20-poly1305")])
def test_a_key_that_could_be_exported_or_is_of_another_kind_is_not_used(
    kek: Kek, server: SmallServer, what: str, value: object
) -> None:
    setattr(server.keys["staffetta-identification"], what, value)
    with pytest.raises(NoKek, match="not exportable"):
        kek.wrap(KEY, BOUND)


def test_one_changed_key_among_many_stops_them_all(kek: Kek) -> None:
    many = [(*kek.wrap(KEY, BOUND), BOUND) for _ in range(5)]
    version, wrapped, _bound = many[3]
    many[3] = (version, wrapped, b"elsewhere")
    with pytest.raises(CannotUnwrap):
        kek.rewrap(many)


def test_a_rotation_that_the_server_does_by_itself_is_followed(
    kek: Kek, server: SmallServer, tmp_path: Path
) -> None:
    """`auto_rotate_period` of a transit key."""
    with closing(keys_in_file(tmp_path / "identification.sqlite", lambda _make: kek)) as keys:
        key = keys.key_for("case-1", "identity")
        server.keys["staffetta-identification"].answer("keys/rotate", {})
        assert keys.known_key("case-1", "identity") == key
        keys.key_for("case-2", "identity")
        assert keys.wrapped_under() == {1: 1, 2: 1}
        assert keys.rotate() == 2
        assert keys.wrapped_under() == {2: 2}


def test_no_answer_of_the_server_is_repeated(kek: Kek) -> None:
    version, wrapped = kek.wrap(KEY, BOUND)
    with pytest.raises(CannotUnwrap) as refused:
        kek.unwrap(version, wrapped, b"elsewhere")
    assert "authentication" not in str(refused.value)
    assert refused.value.__suppress_context__
