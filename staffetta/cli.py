"""The command line's first and last moment: whatever happens, it ends in words and a number."""

import signal
import sys

from staffetta.undumped import never_dumped

INTERRUPTED = 130


def main() -> None:
    never_dumped()
    # Whoever stops a service sends SIGTERM: it ends as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # A second's worth of imports, during which Ctrl-C must not end in a traceback.
        from staffetta.commands import app  # noqa: PLC0415
        from staffetta.ending import ended  # noqa: PLC0415

        code = ended(app, sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
