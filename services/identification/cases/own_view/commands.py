"""What may be asked on the person's own behalf."""

from pydantic import Field

from shared.codes import InterpreterMode, LanguageTag
from shared.runtime.facts import Request


class ShowOwnView(Request):
    """The person asks what is held about them, who saw it, and under which consent."""

    language: LanguageTag
    interpreter: InterpreterMode
    met_with_the_person: bool = Field(
        description="Whether the interpreter was found together with the person."
    )
