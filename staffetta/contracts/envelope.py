"""The headers of a record, as `shared/runtime/kafka/envelope.py` writes them, for AsyncAPI."""

from shared.contracts.envelope import STATISTICS
from staffetta.contracts.schemas import Schema

_ALWAYS: dict[str, Schema] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {
        "type": "string",
        "minLength": 32,
        "description": "Random; the same when the record is sent again.",
    },
    "ce_source": {"type": "string", "description": "The service that says it."},
    "ce_type": {"type": "string", "description": "What happened, with the version of its form."},
    "ce_time": {
        "type": "string",
        "format": "date-time",
        "description": "When it happened, in UTC; of statistics, the beginning of the month.",
    },
    "ce_lane": {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "The lane of the sender's topic: the record's partition.",
    },
    "ce_number": {
        "type": "string",
        "pattern": "^[1-9][0-9]*$",
        "description": "Dense for each sender, topic and lane: what skips one has lost one.",
    },
    "content-type": {"type": "string", "const": "application/json"},
}
_AT_TIMES: dict[str, Schema] = {
    "traceparent": {
        "type": "string",
        "description": "W3C Trace Context, where the sender is traced.",
    },
}
_SUBJECT: dict[str, Schema] = {
    "ce_subject": {"type": "string", "description": "The case: the record's key."}
}

HEADERS: dict[str, Schema] = {
    "statistical-headers": {
        "type": "object",
        "description": "CloudEvents attributes, as text. There is no subject.",
        "properties": _ALWAYS | _AT_TIMES,
        "required": list(_ALWAYS),
    },
    "operational-headers": {
        "type": "object",
        "description": "CloudEvents attributes, as text.",
        "properties": _ALWAYS | _SUBJECT | _AT_TIMES,
        "required": [*_ALWAYS, *_SUBJECT],
    },
}


def headers_of_type(type_: str, sender: str, topic: str) -> Schema:
    """The headers of one type's records; more may be added, and readers ignore them."""
    of = "statistical" if topic == STATISTICS else "operational"
    own = {
        "ce_source": {"const": f"urn:staffetta:{sender}"},
        "ce_type": {"const": type_},
    }
    if topic == STATISTICS:
        own["ce_time"] = {"pattern": "^[0-9]{4}-[0-9]{2}-01T00:00:00Z$"}
    return {
        "allOf": [
            {"$ref": f"#/components/schemas/{of}-headers"},
            {"type": "object", "properties": own},
        ]
    }
