"""A process that leads whenever it can, and says so: `python -m tests.support.leader DATABASE`."""

import json
import sys
import threading
import time

from shared.runtime.kafka.leading import leading
from shared.runtime.recorders import Database


def main() -> None:
    where, never = Database(*json.loads(sys.argv[1])), threading.Event()
    while True:
        with leading(where, never) as lead:
            sys.stdout.write("leads\n")
            sys.stdout.flush()
            while lead.still():
                time.sleep(0.02)
        sys.stdout.write("stands by\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
