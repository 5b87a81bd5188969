"""How a consent ends, and how whoever received something under it answers for it: pure.

Nothing here pretends that what was read can be unread: who is asked is asked with the categories
that they have read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from services.identification.alarms.kinds import AlarmKind
from services.identification.cases import commands, events
from services.identification.cases import ending_policies as policies
from services.identification.cases.consent_policies import is_live
from services.identification.cases.consent_state import Asked, asked_key
from services.identification.cases.events import Event
from services.identification.cases.state import Open
from services.identification.network.decide import TERMS
from shared.codes import ConsentEnd, DataCategory
from shared.runtime.facts import Acting


def withdraw(
    asked: commands.WithdrawConsent | commands.RegainWithdrawal, case: Open, acting: Acting
) -> Sequence[Event]:
    consent = policies.only_a_known_consent_is_withdrawn(case.consents.get(asked.consent))
    if consent.withdrawn:
        return []  # said twice, true once
    read = policies.read_under(consent, case.consents)
    holders = ask_holders(asked.consent, read, ConsentEnd.WITHDRAWN, case, acting)
    settled = _settled(AlarmKind.CONSENT_ENDS, asked.consent, case)
    return [events.ConsentWithdrawn(consent=asked.consent), *settled, *holders]


def expire(due: commands.ExpireConsent, case: Open, acting: Acting) -> Sequence[Event]:
    """Once, and only where the person had not ended it before."""
    consent = case.consents.get(due.consent)
    if consent is None or consent.withdrawn or consent.expired or acting.now < consent.valid_until:
        return []
    expired = events.ConsentExpired(consent=due.consent)
    renewal = policies.renewal(consent, case.consents, acting.now)
    still = set(renewal.categories) if renewal else set()
    read = policies.read_under(consent, case.consents)
    beyond = {who: shown for who, shown in read.items() if not set(shown) <= still}
    over = renewal or consent.recipient in case.closed
    raised = [] if over else _raised(AlarmKind.CONSENT_ENDS, due.consent, case)
    return [expired, *raised, *ask_holders(due.consent, beyond, ConsentEnd.EXPIRED, case, acting)]


def warn(due: commands.WarnOfExpiry, case: Open, acting: Acting) -> Sequence[Event]:
    """Somebody asks the person again before the date, so that nobody has to stop for it."""
    consent = case.consents.get(due.consent)
    if consent is None or not is_live(consent, acting.now):
        return []
    renewal = policies.renewal(consent, case.consents, acting.now)
    if renewal or consent.recipient in case.closed:
        return []
    return _raised(AlarmKind.CONSENT_ENDS, due.consent, case)


def hear_acknowledgement(
    heard: commands.NoteAcknowledgement, case: Open, acting: Acting
) -> Sequence[Event]:
    """A service did its part; the organisations that it names are asked for theirs."""
    consent = case.consents.get(heard.consent)
    if consent is None:
        return []
    named: dict[str, tuple[DataCategory, ...]] = dict.fromkeys(heard.organisations, ())
    holders = ask_holders(heard.consent, named, ConsentEnd.WITHDRAWN, case, acting)
    if (heard.holder, heard.did) in consent.acknowledged:
        return holders
    done = events.WithdrawalAcknowledged(consent=heard.consent, holder=heard.holder, did=heard.did)
    return [done, *holders]


def hear_closure(
    heard: commands.NoteProgrammeClosure, case: Open, acting: Acting
) -> Sequence[Event]:
    """Nobody has to ask the person again for a programme that is over."""
    closed = events.ProgrammeClosureHeard(
        organisation=heard.organisation, closure=heard.closure, heard_on=acting.now.date()
    )
    settled = [
        event
        for name, consent in case.consents.items()
        if consent.recipient == heard.organisation
        for event in _settled(AlarmKind.CONSENT_ENDS, name, case)
    ]
    return [closed, *settled]


def acknowledge(
    told: commands.AcknowledgeWithdrawal, case: Open, acting: Acting
) -> Sequence[Event]:
    """An organisation answers for itself, for each end of the consent that it was asked about."""
    own = [
        asked
        for asked in case.asked.values()
        if (asked.consent, asked.organisation) == (told.consent, acting.organisation)
    ]
    names = {asked.organisation for asked in own}
    policies.who_was_asked_acknowledges(acting, names)
    policies.nothing_held_stands_alone(told.did)
    waiting = [asked for asked in own if not asked.answered]
    ends = [asked.end for asked in waiting] or [asked.end for asked in own]
    policies.only_an_end_in_time_leaves_something_for_care(told.did, ends)
    did = tuple(sorted(set(told.did)))
    return [event for asked in waiting for event in _answered(asked, did, case)]


def escalate(due: commands.EscalateAcknowledgement, case: Open) -> Sequence[Event]:
    asked = case.asked.get(asked_key(due.consent, due.organisation, due.end))
    if asked is None or asked.answered:
        return []
    about = asked_key(due.consent, due.organisation, due.end)
    return _raised(AlarmKind.ACKNOWLEDGEMENT_MISSING, about, case)


def ask_holders(
    consent: str,
    read: Mapping[str, tuple[DataCategory, ...]],
    end: ConsentEnd,
    case: Open,
    acting: Acting,
) -> list[Event]:
    """Ask each organisation that received something and still has to be asked about this end."""
    hours = case.network[TERMS].acknowledge_within_hours
    return [
        events.AcknowledgementAsked(
            consent=consent,
            organisation=organisation,
            end=end,
            read=categories,
            answer_by=acting.now + timedelta(hours=hours),
        )
        for organisation, categories in sorted(read.items())
        if _asks(case.asked.get(asked_key(consent, organisation, end)), end, categories)
    ]


def _asks(known: Asked | None, end: ConsentEnd, read: Collection[DataCategory]) -> bool:
    """A consent can be narrowed more than once; withdrawn or ended it is once. Who has not
    answered a narrowing is asked anew only if it read more since."""
    if known is None or end is not ConsentEnd.NARROWED:
        return known is None
    return known.answered or not set(read) <= set(known.read)


def _answered(asked: Asked, did: Iterable[str], case: Open) -> list[Event]:
    done = events.HolderAcknowledged.model_validate(
        {
            "consent": asked.consent,
            "organisation": asked.organisation,
            "end": asked.end,
            "did": tuple(did),
        }
    )
    about = asked_key(asked.consent, asked.organisation, asked.end)
    return [done, *_settled(AlarmKind.ACKNOWLEDGEMENT_MISSING, about, case)]


def _raised(kind: AlarmKind, about: str, case: Open) -> list[Event]:
    if (kind.value, about) in case.alarms:
        return []
    return [events.AlarmRaised(kind=kind, about=about)]


def _settled(kind: AlarmKind, about: str, case: Open) -> list[Event]:
    if (kind.value, about) not in case.alarms:
        return []
    return [events.AlarmSettled(kind=kind, about=about)]
