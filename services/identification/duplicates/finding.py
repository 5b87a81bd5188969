"""What a fact's sealed fields are found by: opened to be blinded at once, and kept nowhere."""

import json
from collections.abc import Iterator, Sequence

from services.identification.cases.events import IdentityRecorded
from services.identification.contacts.events import ContactReported
from services.identification.duplicates.blinding import SECRET
from services.identification.duplicates.likeness import Kept, names, telephones
from services.identification.duplicates.projections import rows
from shared.runtime.facts import Change, Recorded
from shared.trust.keys import ITSELF, DestroyedKey, Keys
from shared.trust.protected import Place, open_field

_SERVICE = "identification"


def likenesses(recorded: Recorded, keys: Keys) -> Sequence[Change]:
    """The rows of one fact. Whoever was erased is like nobody; a missing key is an error."""
    try:
        forms = set(_forms(recorded, keys))
    except DestroyedKey:
        return ()
    if not forms:
        return ()
    # Asked for each time, so that a renewed one counts at once in every process.
    key = keys.key_for(ITSELF, SECRET)
    return rows(recorded.stream, forms, key)


def _forms(recorded: Recorded, keys: Keys) -> Iterator[tuple[Kept, str]]:
    match recorded.event:
        case ContactReported(callback=reach, telephone_region=region) if reach:
            yield from _telephones(recorded, "callback", region, keys)
        case IdentityRecorded(identity=identity, reach=reach, telephone_region=region):
            if identity:
                yield from _names(recorded, keys)
            if reach:
                yield from _telephones(recorded, "reach", region, keys)
        case _:
            return


def _names(recorded: Recorded, keys: Keys) -> Iterator[tuple[Kept, str]]:
    known = json.loads(_opened(recorded, "identity", keys))
    yield from names(known.get("name", ""), known.get("birth_date", ""))


def _telephones(
    recorded: Recorded, field: str, region: str | None, keys: Keys
) -> Iterator[tuple[Kept, str]]:
    for number in telephones(_opened(recorded, field, keys), region):
        yield Kept.TELEPHONE, number


def _opened(recorded: Recorded, field: str, keys: Keys) -> str:
    place = Place(_SERVICE, recorded.stream, recorded.version, recorded.event.stored_name)
    return open_field(recorded.event, field, place, keys)
