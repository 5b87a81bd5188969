"""How long a service needs until it answers, and until its read tables are made again."""

from collections.abc import Iterator

from shared.runtime.rebuild import rebuild
from tests.benchmarks.at_scale.effort import Effort
from tests.benchmarks.at_scale.figures import Measured
from tests.benchmarks.at_scale.ground import Ground
from tests.benchmarks.rounds import Spread, timed


def starting(ground: Ground, effort: Effort) -> Iterator[Measured]:
    """`identification`, which holds most."""
    rounds = []
    for _ in range(effort.rounds):
        ground.only()
        rounds.append(timed(lambda: ground.only("identification")))
    yield Measured("start: identification, until it answers", Spread(rounds), "s")
    store = ground.stores["identification"]
    events = store.recorder.max_notification_id() or 0
    seconds = timed(lambda: rebuild(store, lambda _done, _of: None))
    what = "rebuild: identification"
    yield Measured(what, Spread([seconds]), f"s for {events:,} events", steady=False)
    yield Measured(f"{what}, events per second", Spread([events / seconds]), "/s", ",.0f")
