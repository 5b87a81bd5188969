"""`staffetta person view`: what is held about a person, for themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.codes import InterpreterMode
from staffetta.installation import now
from staffetta.terminal import complain, say
from staffetta.tracing import is_a_case

app = typer.Typer(name="person", help="What a person may ask of the network.", no_args_is_help=True)
_PATIENCE_SECONDS = 60.0


Case = Annotated[str, typer.Option("--case", metavar="CASE", help="The person's case.")]
Out = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="A new file, .pdf or .json; mode 0600.")
]
Token = Annotated[
    Path,
    typer.Option(
        "--token",
        metavar="FILE",
        help="Holds the coordinator's token: of a sign-in with a second factor just now.",
    ),
]
Told = Annotated[
    str, typer.Option("--language", metavar="TAG", help="In which the person is told.")
]
Interpreter = Annotated[InterpreterMode, typer.Option("--interpreter", help="Who interprets.")]
Met = Annotated[
    bool, typer.Option("--met-together", help="The interpreter was found with the person.")
]
Words = Annotated[
    str | None,
    typer.Option(
        "--words",
        metavar="TAG",
        help="Of the file: it or en. Else as the person is told, where there are words in it.",
    ),
]
Services = Annotated[str, typer.Option("--url", metavar="URL", help="Where the services answer.")]


@app.callback()
def _person() -> None:
    pass


@app.command()
def view(  # noqa: PLR0913, PLR0917  # each is said once, on the person's behalf
    case: Case,
    out: Out,
    token: Token,
    language: Told,
    interpreter: Interpreter = InterpreterMode.NONE_NEEDED,
    met: Met = False,
    words: Words = None,
    url: Services = "http://127.0.0.1:8290",
) -> None:
    """Print everything held about a person, for themselves.

    What was told and noted, by whom it was seen, when, and under which consent, of all services.
    Each service records that it was shown. The file is for the person: give it to them, and
    delete it here.
    """
    # Slow to import, and needed by no other command.
    from staffetta.own_view.printing import as_json, as_pdf, has_letters_for, keep  # noqa: PLC0415

    chosen = _words_in(words, language)
    if not is_a_case(case):
        raise typer.BadParameter(
            "a case's id is `case-` and 32 digits or letters from a to f", param_hint="--case"
        )
    by = _checked(out, token)
    told = {"language": language, "interpreter": interpreter, "met_with_the_person": met}
    shown = _shown(url, by, case, told, chosen)
    if out.suffix == ".pdf" and not has_letters_for(shown):
        complain("A PDF has no letters for some of the words: name a file that ends in .json.")
        raise typer.Exit(1)
    keep(out, as_pdf(shown, now(), chosen) if out.suffix == ".pdf" else as_json(shown, chosen))
    say(f"{out}: give it to the person, and delete it here.")


def _words_in(words: str | None, language: str) -> str:
    """The language of the file. One that was asked for and is not there is no other one."""
    from staffetta.own_view.texts import language_for, languages  # noqa: PLC0415

    chosen = language_for(words or language)
    if words is not None and chosen != words.partition("-")[0]:
        there = " and ".join(languages())
        raise typer.BadParameter(f"there are words in {there} alone", param_hint="--words")
    return chosen


def _shown(url: str, by: str, case: str, told: Mapping[str, Any], words: str) -> dict[str, Any]:
    import httpx  # noqa: PLC0415

    from staffetta.own_view.gathering import NotShown, gathered  # noqa: PLC0415

    try:
        with httpx.Client(base_url=url, timeout=_PATIENCE_SECONDS) as http:
            return gathered(http, by, case, told, words)
    except NotShown as refused:
        complain(str(refused))
        raise typer.Exit(1) from None


def _checked(out: Path, token: Path) -> str:
    """The token, once it is clear that the file can be written: nothing is opened in vain."""
    if out.suffix not in (".pdf", ".json"):
        raise typer.BadParameter("a name that ends in .pdf or .json", param_hint="--out")
    if out.exists():
        raise typer.BadParameter("there is such a file: name a new one", param_hint="--out")
    if not out.parent.is_dir():
        raise typer.BadParameter("there is no such directory", param_hint="--out")
    try:
        return token.read_text().strip()
    except (OSError, ValueError):
        raise typer.BadParameter("cannot be read", param_hint="--token") from None
