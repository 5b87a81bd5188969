"""How a person is forgotten: asked for, done here, attested by all, completed. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, assert_never

from services.identification.cases import commands, erasure_policies, events
from services.identification.cases.erasure_state import Erasing
from services.identification.cases.events import Event
from services.identification.cases.state import Open
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.state import Reported
from services.identification.retention import policies as retention_policies
from services.identification.retention.decide import RETENTION, STREAM
from shared.codes import ErasureGround
from shared.contracts.envelope import OPERATIONAL
from shared.runtime.facts import Acting, Decider

OWN = "identification"


def decide(command: commands.OfErasure, case: Open | Erasing, acting: Acting) -> Sequence[Event]:
    match command:
        case commands.RequestErasure():
            return _request(command, case, acting)
        case commands.RepeatErasure():
            return _repeat(command, case, acting)
        case commands.DestroyKeys():
            return _destroy(command, case)
        case commands.NoteAttestation():
            return _attested(command.erasure, command.service, command.keys, case)
        case commands.CheckAttestations():
            return _check(command, case)
        case _:
            assert_never(command)


def _request(
    asked: commands.RequestErasure, case: Open | Erasing, acting: Acting
) -> Sequence[Event]:
    erasure_policies.only_the_custodians_case_manager_or_the_coordinator_asks_for_erasure(
        acting, asked.action, case.custodian
    )
    if isinstance(case, Erasing):
        return []  # said twice, true once
    today, rules = acting.now.date(), case.retention
    retention_policies.nothing_under_a_legal_hold_is_erased(rules.hold, case.id, today)
    # A closure whose day nobody recorded was heard before there were rules.
    closed_on = case.held.closed_on or (rules.since if case.held.closed else None)
    retention_policies.what_must_be_kept_is_not_erased_before_its_time(
        rules.keep, case.held.running, closed_on, today
    )
    return [_requested(acting.fresh, asked.ground, case, acting)]


def _repeat(asked: commands.RepeatErasure, case: Open | Erasing, acting: Acting) -> Sequence[Event]:
    """The law was asked when it was first decided: what is destroyed stays so."""
    if isinstance(case, Erasing):
        return []
    return [_requested(asked.erasure or acting.fresh, None, case, acting)]


def _requested(
    erasure: str, ground: ErasureGround | None, case: Open, acting: Acting
) -> events.ErasureRequested:
    return events.ErasureRequested(
        erasure=erasure,
        ground=ground,
        custodian=case.custodian,
        streams=(case.id, *case.held.contacts),
        attest_by=acting.now + timedelta(hours=case.retention.attest_within_hours),
    )


def _destroy(due: commands.DestroyKeys, case: Open | Erasing) -> Sequence[Event]:
    if not isinstance(case, Erasing) or due.erasure != case.erasure or OWN in case.attested:
        return []
    told = [each.sealed for each in case.contacts.values() if isinstance(each, Reported)]
    keys = sum(len(sealed) for sealed in (case.sealed, *told))
    destroyed = events.KeysDestroyed(erasure=due.erasure, streams=case.streams, keys=keys)
    return [destroyed, *_attested(due.erasure, OWN, keys, case)]


def _attested(erasure: str, service: str, keys: int, case: Open | Erasing) -> list[Event]:
    """Of another request than the present one nothing is noted: its services will say it again."""
    if not isinstance(case, Erasing) or erasure != case.erasure or service in case.attested:
        return []
    attested: list[Event] = [events.ErasureAttested(erasure=erasure, service=service, keys=keys)]
    if not _missing({*case.attested, service}):
        attested.append(events.ErasureCompleted(erasure=erasure))
    return attested


def _check(due: commands.CheckAttestations, case: Open | Erasing) -> Sequence[Event]:
    if not isinstance(case, Erasing) or due.erasure != case.erasure or case.overdue:
        return []
    missing = _missing(set(case.attested))
    return [events.ErasureOverdue(erasure=due.erasure, missing=missing)] if missing else []


def _missing(attested: set[str]) -> tuple[str, ...]:
    """The observatory is not among those who attest: it never knew which case a fact is of, and
    the root that tied them goes with the case's keys."""
    return tuple(service for service in OPERATIONAL if service not in attested)


def beside(
    command: commands.OfErasure, case: Open | Erasing
) -> Mapping[str, Decider[Any, Any, Any]]:
    """The network's rules; the contacts whose keys are counted."""
    if isinstance(command, commands.RequestErasure | commands.RepeatErasure):
        return {STREAM: RETENTION}
    if isinstance(command, commands.DestroyKeys) and isinstance(case, Erasing):
        return dict.fromkeys(case.streams[1:], CONTACTS)
    return {}
