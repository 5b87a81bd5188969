"""Every role, every command and query, one's own case and another's with consent and without."""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import services
from shared.runtime.facts import Request
from shared.trust.policies import shipped
from shared.trust.protected import REVEALED
from tests.matrix.deciding import COMMANDS, LEARNS_NOTHING
from tests.matrix.reading import OF_EVERY_SERVICE, OF_SERVICE
from tests.matrix.seeding import Seeded, all_four
from tests.matrix.situations import NOBODY, OPERATOR, OURS, ROLES, THEIRS, Situation, held
from tests.matrix.table import FILE, Matrix, document, matrix

# What another service's event, a timer or a restore asks. Nobody can over HTTP: an address would
# need a line of the matrix.
ASKED_BY_NOBODY = {
    "identification": {
        "CheckAttestations",
        "CheckReview",
        "DestroyKeys",
        "EscalateAcknowledgement",
        "ExpireConsent",
        "NoteAcknowledgement",
        "NoteAttestation",
        "NoteCustody",
        "NoteOrganisation",
        "NoteProgrammeClosure",
        "RegainWithdrawal",
        "RepeatErasure",
        "WarnOfExpiry",
    },
    "referral": {
        "BeginRelay",
        "DestroyKeys",
        "ExpireReferral",
        "NoteConsent",
        "NoteNarrowing",
        "ReturnPlace",
        "StopForExpiry",
        "StopForWithdrawal",
    },
    "assistance": {
        "DestroyKeys",
        "FlagForExpiry",
        "NoteConsent",
        "NoteNarrowing",
        "NoteOrganisation",
        "OpenProgramme",
        "StopForWithdrawal",
    },
    "observatory": {"RecordContribution"},
}
# Parts of commands, and none themselves.
PARTS = {"ContactPoint"}
# Verified without any account; and the same question as `SeeConsentReceipt`, on paper.
NO_LINE = {"VerifyReceipt", "SeePrintedReceipt"}
# Their bodies are not the commands: a code is made for the one, the other's word is `escort`.
ANOTHER_BODY = {"IssueReceipt", "NameEscort"}
# Asked besides another question, whose line shows what follows.
BESIDES = {"AskForDossier", "SeeEmergencyReason", "SeeThatErased"}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seeded]:
    return all_four(tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="module")
def cells(four: dict[str, Seeded]) -> Matrix:
    return matrix(four)


def lines(service: str) -> set[str]:
    own = {*COMMANDS.get(service, ()), *OF_SERVICE[service]}
    return own | set(OF_EVERY_SERVICE)


def addresses(seeded: Seeded) -> dict[str, str]:
    """Every address of a service under the name of what it asks: `open_case` is `OpenCase`."""
    app: Any = seeded.web.client.app
    return {
        operation["summary"].replace(" ", ""): path
        for path, methods in app.openapi()["paths"].items()
        for operation in methods.values()
    }


def requests(service: str) -> Iterator[str]:
    """Every command of a service: requests that no other request is made of."""
    package = importlib.import_module(f"{services.__name__}.{service}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith(".commands"):
            continue
        for found in vars(importlib.import_module(module.name)).values():
            of_it = isinstance(found, type) and issubclass(found, Request)
            if of_it and found.__module__ == module.name and not found.__subclasses__():
                yield found.__name__


@pytest.mark.parametrize("service", OF_SERVICE)
def test_every_address_has_its_line(four: dict[str, Seeded], service: str) -> None:
    known = addresses(four[service]).keys()
    missing = known - lines(service) - NO_LINE
    assert not missing, f"without a line in tests/matrix, and perhaps without a policy: {missing}"
    assert lines(service) <= known, "lines of no address"


@pytest.mark.parametrize("service", OF_SERVICE)
def test_every_command_has_its_line_or_is_asked_by_nobody(
    four: dict[str, Seeded], service: str
) -> None:
    known = set(requests(service))
    assert ASKED_BY_NOBODY[service] <= known, "named here, and no command any more"
    missing = known - lines(service) - ASKED_BY_NOBODY[service] - PARTS
    assert not missing, f"without a line in tests/matrix, and perhaps without a policy: {missing}"
    assert not addresses(four[service]).keys() & ASKED_BY_NOBODY[service]


def test_every_action_of_the_policies_has_its_line() -> None:
    told = set().union(*(lines(service) for service in OF_SERVICE))
    assert shipped().actions.keys() == told | BESIDES


def test_whoever_has_no_role_is_refused_everything(cells: Matrix) -> None:
    """Also what catches a command that asks no policy at all."""
    let_in = [
        action for rows in cells.values() for action, by_role in rows.items() if by_role[NOBODY]
    ]
    assert not let_in, f"these ask no policy: {let_in}"


def test_nobody_is_refused_everything_and_nothing_is_refused_to_everybody(cells: Matrix) -> None:
    rows = [by_role for rows in cells.values() for by_role in rows.values()]
    assert all(any(by_role[role] for by_role in rows) for role in ROLES if role != NOBODY)
    assert all(any(by_role.values()) for by_role in rows)


def test_the_document_says_what_the_services_do(cells: Matrix) -> None:
    said = FILE.read_text(encoding="utf-8")
    assert said == document(cells), "`python -m tests.matrix` writes it again"


@pytest.mark.parametrize("service", COMMANDS)
def test_what_is_refused_is_refused_over_http(
    four: dict[str, Seeded], cells: Matrix, service: str
) -> None:
    """Nothing that is refused changes anything, so that all can ask about the same cases."""
    seeded, found = four[service], addresses(four[service])
    for action in COMMANDS[service].keys() - ANOTHER_BODY:
        asked = COMMANDS[service][action]
        for situation in Situation:
            command = asked(situation).command
            told = {"organisation": situation.custodian, **seeded.known[situation]}
            for role in ROLES:
                if situation not in cells[service][action][role]:
                    refused(seeded, found[action], told, command, role)


def refused(
    seeded: Seeded, address: str, told: Mapping[str, str], command: Request, role: str
) -> None:
    web = seeded.web
    body = json.loads(command.model_dump_json(context=REVEALED, exclude_none=True))
    sent = {name: value for name, value in body.items() if f"{{{name}}}" not in address}
    token = web.token(OURS, *held(role), operator=OPERATOR, factors=("pwd", "otp"))
    answer = web.post(address.format(**told), sent, token)
    problem = answer.json()
    asked = f"{type(command).__name__} as {role}: {problem}"
    assert answer.status_code == 403 or problem["rule"] in LEARNS_NOTHING, asked
    assert problem["detail"].endswith("."), "what to do next"


def test_situations_differ() -> None:
    assert len({each.custodian + each.recipient for each in Situation}) == len(Situation)
    assert THEIRS != OURS
