"""The matrix as a document: what each role may, in words that need no key beside them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from shared.codes import Role
from tests.matrix.deciding import COMMANDS, allowed
from tests.matrix.reading import OF_EVERY_SERVICE, OF_SERVICE, shown
from tests.matrix.seeding import Seeded
from tests.matrix.situations import NOBODY, ROLES, Situation

FILE = Path(__file__).parents[2] / "docs" / "access-matrix.md"
Cells = Mapping[str, frozenset[Situation]]
"""By role: the situations in which it may."""
Matrix = Mapping[str, Mapping[str, Cells]]
"""By service, then by the name of the command or query."""
EVERYWHERE = "every service"
_HEAD = """# Who may do what

Written by `python -m tests.matrix`, which asks the four services; a test fails where this page says
something else than they do. The rules themselves are `deploy/policies/*.cedar`, one file for each
role, with the source of each rule.

Each line is a command or a query, each column a role. An operator of one organisation asks about:

- **own**: a case in that organisation's custody; a referral that it sent; a programme that it runs;
  an emergency that this operator opened; what a service had sent itself.
- **consent**: another organisation's case, where the person's consent names the one that asks: it
  was asked for a referral, received something and has to answer for it, or runs a programme of its
  own beside another's.
- **neither**: another organisation's case, where the consent names somebody else.

`yes` is all three, or what is about no case; `own`, `consent`, `own, consent` only those;
`others'` is consent and neither; `no` is never. A list is `own` where it shows only one's own. A
dossier is shown (`DiscloseDossier`) as far as the consent goes, and to police and courts never the
categories of health. Whoever has no role is refused everything.

What another service's events or a timer ask for (acknowledgements, deadlines, erasures) is no
line here: nobody can ask it over HTTP.
"""
_WORDS = {
    frozenset(Situation): "yes",
    frozenset[Situation](): "no",
    frozenset({Situation.OWN}): "own",
    frozenset({Situation.CONSENT}): "consent",
    frozenset({Situation.OWN, Situation.CONSENT}): "own, consent",
    frozenset({Situation.CONSENT, Situation.WITHOUT}): "others'",
}


def matrix(services: Mapping[str, Seeded]) -> Matrix:
    """Every cell, asked of the services."""
    asked = {name: dict(_commands(name)) for name in services}
    for name, seeded in services.items():
        for action, look in OF_SERVICE[name].items():
            asked[name][action] = {
                role: frozenset(each for each in Situation if shown(seeded, look, each, role))
                for role in ROLES
            }
    asked[EVERYWHERE] = {
        action: {
            role: frozenset(
                each for each in Situation if shown(services["identification"], look, each, role)
            )
            for role in ROLES
        }
        for action, look in OF_EVERY_SERVICE.items()
    }
    return asked


def _commands(service: str) -> Iterator[tuple[str, Cells]]:
    for action, asked in COMMANDS.get(service, {}).items():
        yield (
            action,
            {
                role: frozenset(each for each in Situation if allowed(asked(each), role))
                for role in ROLES
            },
        )


def document(cells: Matrix) -> str:
    roles = [role for role in ROLES if role != NOBODY]
    labels = {role.value: role.label for role in Role}
    lines = [_HEAD]
    for service, rows in cells.items():
        lines += [f"## {service}", ""]
        lines += [f"| | {' | '.join(labels.get(role, 'Other service') for role in roles)} |"]
        lines += [f"|---|{'---|' * len(roles)}"]
        for action, by_role in rows.items():
            told = " | ".join(_WORDS[by_role[role]] for role in roles)
            lines.append(f"| `{action}` | {told} |")
        lines.append("")
    return "\n".join(lines)
