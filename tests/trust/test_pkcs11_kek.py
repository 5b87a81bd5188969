"""What only a token has: keys that cannot be taken out of it, a PIN, and that it can be gone."""

import shutil
from contextlib import closing
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.exceptions import AttributeSensitive

from shared.trust.kek import NoKek, NotMade
from shared.trust.key_file import keys_in_file
from shared.trust.pkcs11_kek import pkcs11_kek, token_at
from tests.support.softhsm import PIN, SoftToken, new_token
from tests.trust.key_places import kek_in

KEY, BOUND = bytes(range(32)), b"identification case-1 identity"


@pytest.fixture
def token(tmp_path: Path) -> SoftToken:
    return new_token(tmp_path)


def test_its_keys_cannot_be_taken_out_of_it(token: SoftToken) -> None:
    kek_in(token).rotate()
    opened = token_at(token.library, token.label, token.pin)

    def look(session: pkcs11.Session) -> int:
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))
        for each in found:
            assert each[Attribute.SENSITIVE]
            assert each[Attribute.NEVER_EXTRACTABLE]
            assert each[Attribute.ALWAYS_SENSITIVE]
            assert not each[Attribute.WRAP]
            with pytest.raises(AttributeSensitive):
                each[Attribute.VALUE]
        return len(found)

    assert opened.use(look) == 2


def test_a_key_that_can_be_taken_out_is_not_used(token: SoftToken) -> None:
    token.named()
    opened = token_at(token.library, token.label, token.pin)

    def put(session: pkcs11.Session) -> None:
        session.generate_key(
            KeyType.AES,
            256,
            label="staffetta.identification",
            id=(1).to_bytes(4, "big"),
            store=True,
            template={Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False},
        )

    opened.use(put)
    with pytest.raises(NoKek, match="must not be used"):
        pkcs11_kek(opened, "identification", make=True)


def test_services_that_share_a_token_have_keys_of_their_own(token: SoftToken) -> None:
    mine = kek_in(token)
    theirs = pkcs11_kek(token_at(token.library, token.label, token.pin), "referral", make=True)
    theirs.rotate()
    assert (mine.versions(), theirs.versions()) == ([1], [1, 2])


def test_a_wrong_pin_is_tried_once_and_told_without_either(token: SoftToken) -> None:
    """A token counts wrong PINs, and locks itself for good."""
    token.named()
    wrong = token_at(token.library, token.label, "0815-anna-verdi")
    for _time in range(12):
        with pytest.raises(NoKek, match="PIN") as refused:
            pkcs11_kek(wrong, "identification", make=True)
        assert "anna" not in str(refused.value)
    assert "anna" not in repr(wrong)
    assert kek_in(token).versions() == [1], "it is not locked for the right one"
    assert PIN not in repr(token_at(token.library, token.label, token.pin))


@pytest.mark.parametrize("label", ["another", ""])
def test_a_token_that_is_not_there_is_told(token: SoftToken, label: str) -> None:
    token.named()
    with pytest.raises(NoKek, match="does not answer"):
        pkcs11_kek(token_at(token.library, label, token.pin), "identification", make=True)


def test_a_library_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoKek, match="library"):
        pkcs11_kek(token_at(tmp_path / "none.so", "a", "b"), "identification", make=True)


def test_a_token_that_goes_away_refuses_and_comes_back_with_its_keys(
    token: SoftToken, tmp_path: Path
) -> None:
    kek, gone = kek_in(token), tmp_path / "gone"
    with closing(keys_in_file(tmp_path / "identification.sqlite", lambda _make: kek)) as keys:
        key = keys.key_for("case-1", "identity")
        before = (tmp_path / "identification.sqlite").read_bytes()
        shutil.move(token.files, gone)
        token.files.mkdir()
        for _time in (1, 2):
            with pytest.raises(NoKek):
                keys.known_key("case-1", "identity")
            with pytest.raises(NoKek):
                keys.key_for("case-2", "identity")
            with pytest.raises(NoKek):
                keys.rotate()
            assert keys.trouble() != ""
        assert (tmp_path / "identification.sqlite").read_bytes() == before, "nothing was written"
        token.files.rmdir()
        shutil.move(gone, token.files)
        assert keys.trouble() == ""
        assert keys.known_key("case-1", "identity") == key
        keys.key_for("case-2", "identity")


def test_a_token_with_other_keys_opens_nothing_and_is_not_given_new_ones(
    token: SoftToken, tmp_path: Path
) -> None:
    kek_in(token)
    other = new_token(tmp_path)
    with pytest.raises(NotMade):
        kek_in(other, make=False)
