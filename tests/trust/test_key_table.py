"""Keys in PostgreSQL: a connection that the server ended is noticed before it is used."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.trust import key_table
from shared.trust.kek import Kek
from shared.trust.key_store import KeyStore
from shared.trust.key_table import NoKeyTable, keys_in_table
from shared.trust.sealed_kek import sealed_kek
from tests.support.stores import new_database


@pytest.fixture
def where() -> str:
    return make_conninfo("", **vars(new_database()))


@pytest.fixture
def keys(where: str, tmp_path: Path) -> Iterator[KeyStore]:
    def kek_of(make: bool) -> Kek:
        return sealed_kek(tmp_path / "identification.kek", b"secret", chosen=False, make=make)

    with closing(keys_in_table(where, "identification", kek_of)) as made:
        yield made


def test_who_was_hung_up_on_reads_and_writes_all_the_same(keys: KeyStore, where: str) -> None:
    key = keys.key_for("case-1", "identity")
    for _again in range(3):
        _end_all_but_ours(where)
        assert keys.known_key("case-1", "identity") == key
        _end_all_but_ours(where)
        assert keys.key_for("case-2", "identity") != key
    assert not keys.trouble()


def test_who_stands_still_while_making_a_key_is_put_out_and_the_others_go_on(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_table, "STANDS_STILL", "1s")

    def kek_of(make: bool) -> Kek:
        return sealed_kek(tmp_path / "identification.kek", b"secret", chosen=False, make=make)

    with (
        closing(keys_in_table(where, "identification", kek_of)) as one,
        closing(keys_in_table(where, "identification", kek_of)) as other,
    ):

        def standing_still() -> None:
            with one.writing() as at:
                at.rows("DELETE FROM wrapped")
                other.key_for("case-1", "identity")

        with pytest.raises(NoKeyTable):
            standing_still()
        key = other.known_key("case-1", "identity")
        assert one.known_key("case-1", "identity") == key, "and it finds another connection"


def _end_all_but_ours(where: str) -> None:
    with psycopg.connect(where, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended, "there was a connection to end"
