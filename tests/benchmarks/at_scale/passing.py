"""End to end: a withdrawal of consent over HTTP, heard by both holders, acknowledged, and noted."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.trust.tokens import Bearer, issue, signing_key
from tests.benchmarks import asked
from tests.benchmarks.at_scale.effort import PER_SECOND, Effort
from tests.benchmarks.at_scale.figures import RELAY_MEMORY, Measured
from tests.benchmarks.at_scale.ground import Ground
from tests.benchmarks.at_scale.hands import hands, withdraw_consents
from tests.benchmarks.at_scale.moments import between, spreads
from tests.benchmarks.at_scale.seeing import see_acknowledgements
from tests.benchmarks.rounds import Spread

CONNECTIONS = 8
_WARM_SECONDS = 2


def end_to_end(ground: Ground, effort: Effort) -> Iterator[Measured]:
    """Three hops: HTTP into `identification`; from there to `referral` and `assistance`; and the
    acknowledgements of both back. Five appends and five records for each command."""
    ground.everybody()
    rounds = [_one_round(ground, effort) for _ in range(effort.rounds)]
    whole, after, accepted = zip(*rounds, strict=True)
    p50, p99 = spreads(after)
    yield Measured("end to end: accepted to applied by the last, p50", p50, "ms", below=60)
    yield Measured(
        "end to end: accepted to applied by the last, p99", p99, "ms", below=200, steady=False
    )
    p50, p99 = spreads(whole)
    yield Measured("end to end: from sending the request, p50", p50, "ms")
    yield Measured("end to end: from sending the request, p99", p99, "ms", steady=False)
    p50, p99 = spreads(accepted)
    yield Measured("end to end: HTTP alone, p50", p50, "ms")
    yield Measured("end to end: HTTP alone, p99", p99, "ms", steady=False)
    sizes = Spread([ground.resident(name) / 1e6 for name in ground.stores])
    what = "memory: a service's process: API, relay and consumer in one"
    yield Measured(what, sizes, "MB", ".0f", below=RELAY_MEMORY)


def _one_round(ground: Ground, effort: Effort) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds from sending to applied, from accepted to applied, and from sending to
    accepted."""
    warm, counted = _WARM_SECONDS * PER_SECOND, PER_SECOND * effort.seconds
    store = ground.stores["identification"]
    cases = asked.begin_cases(store, warm + counted, (asked.consent(),))
    ground.settle()
    with hands(2) as (client, listener):
        seen = listener.ask(see_acknowledgements, ground.database("identification"), set(cases))
        time.sleep(1)
        address = ground.running.services["identification"]
        given = client.ask(
            withdraw_consents, address, _token(ground), cases, PER_SECOND, CONNECTIONS
        ).result()
        applied = seen.result()
    sent = {case: given[case][0] for case in cases[warm:]}
    accepted = {case: given[case][1] for case in cases[warm:]}
    return between(sent, applied), between(accepted, applied), between(sent, accepted)


def _token(ground: Ground) -> str:
    key = signing_key(ground.running.directory / "keys" / "token.pem")
    bearer = Bearer(asked.OPERATOR, asked.ORGANISATION, frozenset(map(str, asked.ROLES)))
    return issue(key, bearer, datetime.now(UTC), timedelta(hours=1))
