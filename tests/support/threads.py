"""Several threads at once, and a wait that ends when something has come true."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from shared.runtime.wake import Wake

PATIENCE = 30.0


def at_once(writers: int, work: Callable[[int], None]) -> None:
    """Run `work(number)` in so many threads; what one raises is raised here."""
    with ThreadPoolExecutor(writers) as threads:
        running = [threads.submit(work, number) for number in range(writers)]
        done, late = wait(running, timeout=90)
        assert not late, "a deadlock: a writer did not come back"
        for each in done:
            each.result()


def wait_until(wake: Wake, true: Callable[[], bool]) -> float:
    """Look again at each wake-up, until it is true; how many seconds that took."""
    started = time.monotonic()
    seen = wake.count
    while not true():
        assert time.monotonic() - started < PATIENCE, "it never came true"
        seen = wake.wait(seen, 1.0)
    return time.monotonic() - started
