"""Showing again what a repeated request had been allowed to see."""

from services.identification.cases.commands import DiscloseDossier
from services.identification.cases.decide import CASES, consent_to_disclose, no_such_case
from services.identification.cases.erasure_policies import an_erased_case_takes_nothing_more
from services.identification.cases.state import Unopened, with_network
from shared.codes import DataCategory
from shared.runtime.facts import Refused
from shared.runtime.handle import in_rounds
from shared.runtime.work import Work
from shared.web.calls import Commanding

AGAIN = "the dossier again"
"""What the audit log calls such a read; who verifies it looks for these words."""


def still_allowed(call: Commanding, case: str, asked: DiscloseDossier) -> tuple[DataCategory, ...]:
    """A repeated request shows the dossier again only under a consent that is still live, and of it
    what that consent allows.

    The read is recorded against the version of the case that was looked at, so that a withdrawal
    at the same moment and this read cannot both win.
    """

    def once() -> tuple[DataCategory, ...]:
        work = Work(call.store)
        state = work.state(CASES, case)
        if isinstance(state, Unopened):
            raise no_such_case()
        acting = call.acting
        others = CASES.beside(asked, state, acting)
        seen = {name: work.state(decider, name) for name, decider in others.items()}
        try:
            state = with_network(an_erased_case_takes_nothing_more(state), seen)
            consent, categories = consent_to_disclose(asked, state, acting)
        except Refused as refusal:
            raise call.refused(refusal, case, "DiscloseDossier") from None
        for stream in (case, *others):
            work.guard(stream)
        work.entry("read", case, acting, what=AGAIN, consent=consent)
        work.commit()
        return categories

    return in_rounds(once)
