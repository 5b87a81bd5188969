"""Keys of a file moved to another place: under other key-encryption keys, on another shelf.

The file is held from the first to the last, so that nobody makes or destroys a key meanwhile. The
new place takes all of it in one transaction, every key is read there again and compared, and only
then the file gives its own up. Killed before that, the file is as it was, and the same again goes
on; killed after it, the new place has everything.
"""

from collections.abc import Callable, Mapping

from shared.trust.kek import CannotUnwrap
from shared.trust.key_file import give_up
from shared.trust.key_store import PROOF, KeyStore, Statements

_Key = tuple[str, str]
_ROUND = 1_000
Show = Callable[[int, int], None]


class NotEmpty(Exception):
    """The new place holds keys, or marks of destroyed ones, that the file does not have."""


class DoesNotOpen(Exception):
    """A key does not open, or opens to another than it was: in the file, or in the new place."""


def move(file: KeyStore, new: KeyStore, show: Show) -> int:
    """Move all keys, and the marks of those that were destroyed; how many keys. Safe to repeat.

    `show(done, total)`: each key counts twice, once taken over and once opened again. Raises
    `NotEmpty` and `DoesNotOpen`, and the file is as it was; and `KeyLingers` where all is moved,
    and the old rows are not yet off the disk: opening the file takes them off.
    """
    with file.writing() as there:
        keys = _opened(file, there)
        destroyed = _marked(there)
        with new.writing() as here:
            _only_what_was_moved(_opened(new, here), _marked(here), keys, destroyed)
            _take(new, here, keys, destroyed, show)
        with new.writing() as here:
            if _opened(new, here) != keys or _marked(here) != destroyed:
                raise DoesNotOpen("what was taken over is not what the file holds")
        show(2 * len(keys), 2 * len(keys))
        give_up(there)
    file.sweep()
    return len(keys)


def _opened(store: KeyStore, at: Statements) -> dict[_Key, bytes]:
    """Every key; without what each place proves its own key-encryption key by."""
    try:
        return {(subject, of): key for subject, of, key in store.every(at) if of != PROOF}
    except CannotUnwrap as changed:
        raise DoesNotOpen(str(changed)) from None


def _marked(at: Statements) -> set[str]:
    return {str(subject) for (subject,) in at.rows("SELECT subject FROM destroyed")}


def _only_what_was_moved(
    found: Mapping[_Key, bytes], marked: set[str], keys: Mapping[_Key, bytes], destroyed: set[str]
) -> None:
    """A move that was killed may have left older copies: of keys that are the file's, or whose
    person was forgotten since. Anything else was made there, and whoever made it uses it."""
    others = {
        (subject, of)
        for (subject, of), key in found.items()
        if subject not in destroyed and keys.get((subject, of)) != key
    }
    if others or marked - destroyed:
        raise NotEmpty("the new place holds keys already that are not those of the file")


def _take(
    new: KeyStore, at: Statements, keys: Mapping[_Key, bytes], destroyed: set[str], show: Show
) -> None:
    for subject in sorted(destroyed):
        at.rows("DELETE FROM wrapped WHERE subject = ?", (subject,))
        at.rows("INSERT INTO destroyed VALUES (?) ON CONFLICT DO NOTHING", (subject,))
    for number, ((subject, of), key) in enumerate(keys.items(), 1):
        new.keep(at, subject, of, key)
        if number % _ROUND == 0 or number == len(keys):
            show(number, 2 * len(keys))
