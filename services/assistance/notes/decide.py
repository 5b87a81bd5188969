"""From a request to open what was noted, to what happens: pure."""

from collections.abc import Sequence

from services.assistance.network.decide import organisation_stream
from services.assistance.network.state import Organisation
from services.assistance.notes import commands, events, policies
from services.assistance.notes.commands import OfNotes
from services.assistance.policies import police_and_courts_never_see_the_care_record
from services.assistance.state import Case
from shared.rules import own_view
from shared.runtime.facts import Acting


def decide(command: OfNotes, case: Case, acting: Acting) -> Sequence[events.OfNotes]:
    police_and_courts_never_see_the_care_record(acting, command.action)
    if isinstance(command, commands.DiscloseNotes):
        return _disclose(command, case, acting)
    return _show(command, case, acting)


def _show(asked: commands.ShowOwnView, case: Case, acting: Acting) -> Sequence[events.OfNotes]:
    own_view.the_coordinator_prints_what_is_held(acting, asked.action)
    proof = own_view.what_is_held_is_opened_on_fresh_proof(acting)
    policies.notes_are_of_a_programme(case.run_by)
    return [events.OwnViewShown(view=acting.fresh, proof=proof)]


def _disclose(
    asked: commands.DiscloseNotes, case: Case, acting: Acting
) -> Sequence[events.OfNotes]:
    policies.who_works_with_people_asks_for_notes(acting, asked.action)
    # Before anything is looked for: who has no consent learns not even that somebody is helped.
    kind = case.network.get(organisation_stream(acting.organisation), Organisation()).kind
    consent, categories = policies.notes_are_disclosed_on_a_live_consent(
        acting, kind, case, asked.purpose, asked.categories
    )
    policies.notes_are_of_a_programme(case.run_by)
    return [
        events.NotesDisclosed(
            disclosure=acting.fresh,
            recipient=acting.organisation,
            consent=consent,
            purpose=asked.purpose,
            categories=categories,
        )
    ]
