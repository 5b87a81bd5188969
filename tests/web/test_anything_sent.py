"""Whatever the OpenAPI documents allow, and much that they do not, is sent to each service: no
answer is a fault of the service, each is as described, and without a token each is a 401."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from staffetta.four import FOUR
from tests.web.seeded import ORGANISATIONS, Seeded, seeded

FOR_ANYBODY = {"POST /receipt-verifications"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# The same requests in each run: a failure is one of the code, and none of the day.
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Send = Callable[[Case[Any], str], Response]


@pytest.fixture(params=[part.name for part in FOUR])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seeded]:
    there = seeded(request.param, tmp_path)
    yield there
    there.web.store.close()


def operations(service: Seeded) -> list[Any]:
    schema = schemathesis.openapi.from_asgi("/openapi.json", service.web.client.app)
    schema.config.generation.with_security_parameters = False
    found: list[Any] = list(schema.get_all_operations())
    assert len(found) >= 4
    return [operation.ok() for operation in found]


def cases(operation: Any, service: Seeded) -> st.SearchStrategy[Case[Any]]:
    """What is described; what is not; and what is described, about things that are there."""
    there = operation.as_strategy(path_parameters=dict(service.known), headers={})
    right = operation.as_strategy(GenerationMode.POSITIVE)
    wrong = operation.as_strategy(GenerationMode.NEGATIVE)
    strategy: st.SearchStrategy[Case[Any]] = there | right | wrong
    return strategy


def answered(operation: Any, service: Seeded, bounds: settings, send: Send) -> set[int]:
    """Send many cases of one operation; the statuses that came back."""
    statuses = set()

    @bounds
    @given(case=cases(operation, service), organisation=st.sampled_from(ORGANISATIONS))
    def each(case: Case[Any], organisation: str) -> None:
        statuses.add(send(case, organisation).status_code)

    each()
    return statuses


def test_each_answer_is_as_described_and_none_is_a_fault(service: Seeded) -> None:
    def send(case: Case[Any], organisation: str) -> Response:
        bearer = {"Authorization": f"Bearer {service.token(organisation)}"}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = case.call(headers=key | dict(case.headers) | bearer)
        case.validate_response(answer, checks=CHECKS)
        return answer

    statuses = {
        operation.label: answered(operation, service, BOUNDED, send)
        for operation in operations(service)
    }
    assert any(status < 300 for seen in statuses.values() for status in seen)


def test_without_a_token_every_answer_is_that_there_is_none(service: Seeded) -> None:
    def send(case: Case[Any], _organisation: str) -> Response:
        answer = case.call(headers={"Idempotency-Key": "k-1"} | dict(case.headers))
        assert answer.json()["rule"] == "who-acts-is-known"
        return answer

    for operation in operations(service):
        if operation.label not in FOR_ANYBODY:
            assert answered(operation, service, settings(BOUNDED, max_examples=8), send) == {401}
