"""From a request to open what was noted, to what happens: pure."""

from collections.abc import Sequence

from services.assistance.notes import events, policies
from services.assistance.notes.commands import OfNotes
from services.assistance.policies import police_and_courts_never_see_the_care_record
from services.assistance.state import Case
from shared.runtime.facts import Acting


def decide(_command: OfNotes, case: Case, acting: Acting) -> Sequence[events.OfNotes]:
    police_and_courts_never_see_the_care_record(acting.roles)
    policies.the_coordinator_prints_what_is_held(acting.roles)
    policies.what_is_held_is_opened_on_fresh_proof(
        acting.authenticated_at, acting.factors, acting.now
    )
    policies.notes_are_of_a_programme(case.run_by)
    return [events.OwnViewShown(view=acting.fresh)]
