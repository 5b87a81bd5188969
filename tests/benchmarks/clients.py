"""The clients of the HTTP measurement, in a process of their own."""

import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.asked import report


def post_reports(port: int, token: str, times: int, connections: int) -> None:
    """So many contacts, shared out over so many connections that are kept open."""
    shares = [
        times // connections + (number < times % connections) for number in range(connections)
    ]
    with ThreadPoolExecutor(connections) as threads:
        for done in [threads.submit(_post, port, token, share) for share in shares]:
            done.result()


def _post(port: int, token: str, times: int) -> None:
    body = json.dumps(report().model_dump(mode="json", exclude_none=True))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for _ in range(times):
        given = {**headers, "Idempotency-Key": uuid.uuid4().hex}
        connection.request("POST", "/contacts", body, given)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, f"the service answered {answer.status}"
    connection.close()
