"""What was shown to the person. Stored names are for ever; a new meaning gets a new version."""

from typing import ClassVar

from shared.codes import InterpreterMode, LanguageTag
from shared.runtime.facts import Fact
from shared.trust.step_up import Proof


class OwnViewShown(Fact):
    """All that is held here was opened, to be given to the person. `proof` of who opened it: null
    where that was before it was kept."""

    stored_name: ClassVar[str] = "case.own-view-shown.v2"
    view: str
    language: LanguageTag
    interpreter: InterpreterMode
    proof: Proof | None
