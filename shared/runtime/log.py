"""Structured logs with an allow-list: what is not named here is never written."""

import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.runtime.spans import current_trace

# No value here is ever taken from a person's input; `path` and client addresses are left out.
ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "sender",
        "topic",
        "lane",
        "number",
        "count",
        "rule",
        "command",
        "status",
        "seconds",
        "error",
        "method",
        "port",
        "library",
        "trace",
    }
)


def _only_allowed(
    _logger: Any, _method: str, told: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in told.items() if name in ALLOWED}


def _in_its_trace(
    _logger: Any, _method: str, told: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The id of the present trace, which is our own random one: see `spans`."""
    trace = current_trace()
    return {**told, "trace": trace} if trace else told


class _Libraries(logging.Handler):
    """What libraries say, as a line of ours: which of them, how grave, and the kind of error.

    Their words are never written: they name hosts, quote statements, or repeat what was sent.
    """

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        told = {"error": kind.__name__} if kind else {}
        log().log(record.levelno, "library", library=record.name.partition(".")[0], **told)


def set_up(level: int = logging.INFO) -> None:
    """JSON lines on standard error. Exceptions show as their type: their text may be personal."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _in_its_trace,
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    threading.excepthook = _thread_ended


def _thread_ended(told: threading.ExceptHookArgs) -> None:
    """Instead of a traceback: its last line is the error's own text."""
    if told.exc_type is not SystemExit:
        log().error("thread", error=told.exc_type.__name__)


def log() -> Any:
    return structlog.get_logger()
