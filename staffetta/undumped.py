"""No picture of the process's memory on the disk: what was opened for somebody stands in it."""

import resource
import sys

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of Linux, prctl(2)


def never_dumped() -> None:
    """No core file, whatever the machine is set to, nor those of what is started from here. On
    Linux, where a dump may be handed to a program instead, none at all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # only there

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
