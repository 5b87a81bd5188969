"""From a command about an emergency and what is known of the case, to what happens: pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from services.identification.cases.emergency import commands, events, policies
from services.identification.cases.emergency.commands import OfEmergency
from services.identification.cases.emergency.state import Emergency
from services.identification.cases.state import Open
from shared.runtime.facts import Acting
from shared.trust.protected import Narrative, Protected


def decide(command: OfEmergency, case: Open, acting: Acting) -> Sequence[events.OfEmergency]:
    if isinstance(command, commands.OpenEmergency):
        return _open(command, case, acting)
    known = case.emergencies.get(command.emergency)
    if isinstance(command, commands.CheckReview):
        return _check(command, known)
    emergency = policies.the_emergency_was_opened(known)
    match command:
        case commands.LookInEmergency():
            return _look(command, emergency, acting)
        case commands.ReviewEmergency():
            return _review(command, emergency, acting)
        case _:
            assert_never(command)


def _open(
    asked: commands.OpenEmergency, case: Open, acting: Acting
) -> Sequence[events.OfEmergency]:
    policies.who_works_with_people_sees_them_in_an_emergency(acting)
    proof = policies.an_emergency_wants_fresh_proof_of_who_acts(
        acting.authenticated_at, acting.factors, acting.now
    )
    lasting = timedelta(minutes=asked.minutes)
    policies.an_emergency_has_a_reason(asked.reason.get_secret_value())
    policies.an_emergency_lasts_an_hour_at_most(lasting)
    return [
        events.EmergencyOpened(
            emergency=acting.fresh,
            operator=acting.operator,
            organisation=acting.organisation,
            custodian=case.custodian,
            reason=Protected[Narrative](clear=asked.reason),
            ends_at=acting.now + lasting,
            review_by=acting.now + policies.REVIEWED_WITHIN,
            proof=proof,
        )
    ]


def _look(
    asked: commands.LookInEmergency, emergency: Emergency, acting: Acting
) -> Sequence[events.OfEmergency]:
    policies.who_works_with_people_sees_them_in_an_emergency(acting)
    policies.only_who_opened_an_emergency_looks(acting, emergency)
    policies.nobody_looks_after_an_emergency_has_ended(emergency, acting.now)
    fields = tuple(sorted(set(asked.fields)))
    return [events.EmergencyLooked(emergency=asked.emergency, look=acting.fresh, fields=fields)]


def _review(
    found: commands.ReviewEmergency, emergency: Emergency, acting: Acting
) -> Sequence[events.OfEmergency]:
    policies.nobody_reviews_their_own_emergency(acting, emergency)
    policies.the_coordinator_reviews_emergencies(acting, emergency)
    policies.an_emergency_is_reviewed_once(emergency, found.verdict)
    if emergency.verdict is not None:
        return []  # said twice, true once
    return [
        events.EmergencyReviewed(
            emergency=found.emergency, reviewer=acting.operator, verdict=found.verdict
        )
    ]


def _check(due: commands.CheckReview, emergency: Emergency | None) -> Sequence[events.OfEmergency]:
    if emergency is None or emergency.verdict is not None or emergency.overdue:
        return []
    return [events.EmergencyReviewOverdue(emergency=due.emergency)]
