"""Structured logs with an allow-list: what is not named here is never written."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

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
    }
)


def _only_allowed(
    _logger: Any, _method: str, told: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in told.items() if name in ALLOWED}


def set_up(level: int = logging.INFO) -> None:
    """JSON lines on standard error. Exceptions show as their type: their text may be personal."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for name in ("uvicorn.access", "uvicorn.error", "eventsourcing", "psycopg", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def log() -> Any:
    return structlog.get_logger()
