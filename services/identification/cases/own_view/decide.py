"""From a request for a person's own view, to what happens: pure."""

from collections.abc import Sequence

from services.identification.cases.consent_policies import nobody_found_with_the_person_interprets
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.cases.own_view.events import OwnViewShown
from shared.rules import own_view
from shared.runtime.facts import Acting


def show(asked: ShowOwnView, acting: Acting) -> Sequence[OwnViewShown]:
    own_view.the_coordinator_prints_what_is_held(acting, asked.action)
    proof = own_view.what_is_held_is_opened_on_fresh_proof(acting)
    nobody_found_with_the_person_interprets(asked.interpreter, asked.met_with_the_person)
    return [
        OwnViewShown(
            view=acting.fresh,
            language=asked.language,
            interpreter=asked.interpreter,
            proof=proof,
        )
    ]
