"""Every read of likenesses: who is like whom, and what they are called within a case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.identification.cases.consent_policies import opens_to
from services.identification.cases.decide import CASES
from services.identification.cases.queries import history
from services.identification.cases.state import Open
from services.identification.duplicates.blinding import candidate
from services.identification.duplicates.events import DuplicatesSought, Judgement
from services.identification.duplicates.likeness import Kept, Likeness, closest
from services.identification.duplicates.policies import (
    who_was_judged_another_person_does_not_come_back,
)
from services.identification.duplicates.projections import NextStep
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from services.identification.duplicates.state import Matching
from services.identification.network.decide import NETWORK, organisation_stream
from shared.codes import DataCategory
from shared.runtime.facts import Acting
from shared.runtime.loading import load
from shared.runtime.store import Row, Store
from shared.trust.keys import DestroyedKey

_PAIR_KEY = "candidate"
AT_MOST = 20
"""So many candidates are shown; a number that more people have in common tells nothing."""
_OWN = "SELECT CAST(? AS TEXT) AS stream UNION SELECT key FROM contacts WHERE case_id = ?"
_ALIKE = f"""
WITH own AS ({_OWN}),
pairs (ours, others) AS (VALUES ('telephone', 'telephone'), ('name', 'name'),
    ('name', 'name-part'), ('name-part', 'name')),
met AS (
    SELECT DISTINCT theirs.stream, CASE
        WHEN mine.kind = 'telephone' THEN 'telephone'
        WHEN mine.kind = theirs.kind AND EXISTS (
            SELECT 1 FROM likenesses AS spelt
            WHERE spelt.stream = mine.stream AND spelt.kind = 'spelling' AND spelt.blind IN (
                SELECT blind FROM likenesses WHERE stream = theirs.stream AND kind = 'spelling'
            )) THEN 'name-and-year'
        ELSE 'similar-name-and-year' END AS likeness
    -- CROSS JOIN: SQLite keeps to this order, and would else begin with the names of all.
    FROM own CROSS JOIN likenesses AS mine CROSS JOIN pairs CROSS JOIN likenesses AS theirs
    WHERE mine.stream = own.stream AND pairs.ours = mine.kind
    AND theirs.kind = pairs.others AND theirs.blind = mine.blind
    AND theirs.stream NOT IN (SELECT stream FROM own)
)
SELECT met.stream, met.likeness, COALESCE(contacts.case_id, met.stream) AS person,
    COALESCE(cases.custodian, contacts.organisation) AS organisation
FROM met
LEFT JOIN contacts ON contacts.key = met.stream
LEFT JOIN cases ON cases.key = COALESCE(contacts.case_id, met.stream)
-- Nobody is pushed out by those who are only similar.
ORDER BY met.likeness = 'similar-name-and-year', met.stream LIMIT 500
"""  # noqa: S608  # words above
_KINDS = (
    f"WITH own AS ({_OWN}) SELECT DISTINCT kind FROM likenesses"  # noqa: S608  # words above
    " WHERE kind IN ('name', 'telephone') AND stream IN (SELECT stream FROM own) ORDER BY kind"
)
_DUE = """
SELECT unsought.key, unsought.since FROM unsought JOIN cases ON cases.key = unsought.key
WHERE EXISTS (
    SELECT 1 FROM likenesses WHERE kind IN ('name', 'telephone') AND stream IN (
        SELECT unsought.key UNION ALL SELECT key FROM contacts WHERE case_id = unsought.key))
"""
_DUE_OF = " AND (cases.custodian = ? OR CAST(? AS TEXT) IS NULL) AND unsought.key > ?"
_SEARCHED = {Kept.NAME: Likeness.NAME_AND_YEAR, Kept.TELEPHONE: Likeness.TELEPHONE}


@dataclass
class Alike:
    """Somebody like the person of a case: a case, or a contact that belongs to none yet. `called`:
    its name within the case that asks; `names`: that, and those of its contacts."""

    person: str
    organisation: str
    called: str
    kinds: set[Likeness] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def rank(self) -> tuple[int, bool, str]:
        """Those who have most in common come first, and of them those who have it more closely."""
        return -len(self.kinds), Likeness.SIMILAR_NAME_AND_YEAR in self.kinds, self.called


def searched_by(store: Store, case: str) -> tuple[Likeness, ...]:
    return tuple(_SEARCHED[row["kind"]] for row in store.rows(_KINDS, (case, case)))


def alike(store: Store, case: str, judged: Mapping[str, Judgement]) -> list[Alike]:
    """In order of their rank; without those who were judged to be somebody else."""
    found: dict[str, Alike] = {}
    for row in store.rows(_ALIKE, (case, case)):
        for person, name, called in _named(store, case, row):
            one = found.setdefault(person, Alike(person, row["organisation"], called))
            one.kinds = closest(one.kinds | {Likeness(row["likeness"])})
            one.names |= {name, called}
    open_still = [
        one
        for one in found.values()
        if who_was_judged_another_person_does_not_come_back(one.names, judged)
    ]
    return sorted(open_still, key=lambda one: one.rank)[:AT_MOST]


def _named(store: Store, case: str, row: Row) -> Iterator[tuple[str, str, str]]:
    """The person, and what its stream and it are called; nothing of one who is erased meanwhile."""
    try:
        yield row["person"], _name(store, case, row["stream"]), _name(store, case, row["person"])
    except DestroyedKey:
        return


def _name(store: Store, case: str, other: str) -> str:
    ours, theirs = (store.keys.key_for(stream, _PAIR_KEY) for stream in (case, other))
    return candidate(ours, theirs, case, other)


def due(store: Store, custodian: str | None, after: str, limit: int) -> list[Row]:
    """Up to `limit + 1` cases above `after`, of one custodian or of all (None), of which something
    to search by is recorded, and nobody has searched since."""
    sql = f"{_DUE}{_DUE_OF} ORDER BY unsought.key LIMIT ?"
    return store.rows(sql, (custodian, custodian, after, limit + 1))


def next_steps(store: Store, case: str) -> list[NextStep]:
    is_due = store.rows(f"{_DUE} AND unsought.key = ?", (case,))
    return [NextStep.SEEK_DUPLICATES] if is_due else []


def sought_at(store: Store, case: str, version: int) -> DuplicatesSought:
    """The search that was recorded at this version of the case."""
    for recorded in history(store, case):
        if recorded.version == version and isinstance(recorded.event, DuplicatesSought):
            return recorded.event
    raise LookupError("no search was recorded at this version")


def open_case(store: Store, case: str) -> Open | None:
    state, _version = load(store, CASES, case)
    return state if isinstance(state, Open) else None


def allowed(store: Store, person: str, acting: Acting) -> set[DataCategory]:
    """What live consents of that person open to the organisation that asks."""
    case = open_case(store, person) if person.startswith("case-") else None
    known, _version = load(store, NETWORK, organisation_stream(acting.organisation))
    return {
        category
        for consent in (case.consents.values() if case else ())
        if opens_to(consent, acting.organisation, known.kind, acting.now)
        for category in consent.categories
    }


def matching(store: Store) -> Matching:
    state, _version = load(store, MATCHING, MATCHING_STREAM)
    known: Matching = state
    return known
