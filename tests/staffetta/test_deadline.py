"""Waiting for what must end, and no longer than was granted."""

import threading
import time

from staffetta.at_scale.stopping import Deadline


def test_what_ends_in_time_is_waited_for() -> None:
    thread = threading.Thread(target=lambda: time.sleep(0.2))
    thread.start()
    deadline = Deadline(20)
    deadline.wait_for(thread)
    assert deadline.kept
    assert not thread.is_alive()


def test_what_does_not_end_is_given_up_at_the_one_moment() -> None:
    go_on = threading.Event()
    threads = [threading.Thread(target=go_on.wait, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    deadline = Deadline(0.3)
    deadline.wait_for(*threads)
    took = time.monotonic() - began
    go_on.set()
    assert not deadline.kept
    assert 0.3 <= took < 0.8, "once for all of them, not for each"
