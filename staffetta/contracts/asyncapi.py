"""Who tells whom what over which topic, as an AsyncAPI 3 document: no word of it is written twice.

Source: AsyncAPI 3.0.0 with its Kafka bindings 0.5.0; the payloads stand beside it as JSON Schemas.
"""

from collections.abc import Iterator
from typing import Any

from shared.contracts.envelope import STATISTICS, may_read
from staffetta.at_scale.topics import wanted_topics
from staffetta.contracts.envelope import HEADERS, headers_of_type
from staffetta.contracts.published import PUBLISHED, sender_of
from staffetta.contracts.schemas import Schema, schema_of
from staffetta.four import FOUR, Part

# Counts the generations of topics; every type carries a version of its own.
_GENERATION = "1.0.0"
_BINDING = "0.5.0"


def document() -> Schema:
    return {
        "asyncapi": "3.0.0",
        "id": "urn:staffetta",
        "info": {
            "title": "Staffetta",
            "version": _GENERATION,
            "description": "What the services of a network tell each other about a case, in codes"
            " and pseudonyms: CloudEvents 1.0 in Kafka's binary mode.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {topic: _channel(topic) for topic in PUBLISHED},
        "operations": dict(_operations()),
        "components": {
            "messages": dict(_messages()),
            "schemas": HEADERS,
            "securitySchemes": {
                "scram": {
                    "type": "scramSha512",
                    "description": "A user of its own for each service; all is denied that its"
                    " rules do not name.",
                }
            },
        },
    }


def _servers() -> Schema:
    return {
        "kafka": {
            "host": "{host}:{port}",
            "protocol": "kafka-secure",
            "description": "The network's brokers. On loopback TLS may be left out.",
            "variables": {
                "host": {"description": "Any one of the brokers.", "default": "localhost"},
                "port": {"description": "Its SASL listener.", "default": "9092"},
            },
            "security": [{"$ref": "#/components/securitySchemes/scram"}],
        }
    }


def _channel(topic: str) -> Schema:
    """A lane is a partition: a case keeps to one, so that its events stay in order."""
    settings = wanted_topics(replicas=1)[topic]
    configured = settings["configs"]
    return {
        "address": topic,
        "description": _about(topic),
        "messages": {
            contract.type: {"$ref": f"#/components/messages/{contract.type}"}
            for contract in PUBLISHED[topic]
        },
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": settings["num_partitions"],
                "topicConfiguration": {
                    "cleanup.policy": [configured["cleanup.policy"]],
                    "retention.ms": int(configured["retention.ms"]),
                },
                "bindingVersion": _BINDING,
            }
        },
    }


def _about(topic: str) -> str:
    if topic == STATISTICS:
        return "What the observatory may see; time and ids tell no more than the data."
    return f"What {sender_of(topic)} tells the other operational services; key and lane by case."


def _messages() -> Iterator[tuple[str, Schema]]:
    for topic, contracts in PUBLISHED.items():
        key = "The observatory's pseudonym." if topic == STATISTICS else "The case."
        for contract in contracts:
            schema = schema_of(contract)
            yield (
                contract.type,
                {
                    "name": contract.type,
                    "title": schema["title"],
                    "summary": schema["description"],
                    "headers": headers_of_type(contract.type, sender_of(topic), topic),
                    "payload": {"$ref": f"./{contract.type}.json"},
                    "bindings": {
                        "kafka": {
                            "key": {"type": "string", "description": key},
                            "bindingVersion": _BINDING,
                        }
                    },
                },
            )


def _operations() -> Iterator[tuple[str, Schema]]:
    for part in FOUR:
        for topic in part.service.topics:
            yield f"{part.name}.send.{topic}", _operation("send", topic, part, "tells")
        for sender, topic in part.hears:
            if may_read(part.name, topic):
                heard = _operation("receive", topic, part, f"hears {sender}")
                group = {"type": "string", "enum": [f"staffetta.{part.name}"]}
                heard["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _BINDING}}
                yield f"{part.name}.receive.{topic}", heard


def _operation(action: str, topic: str, part: Part, does: str) -> dict[str, Any]:
    channel = f"#/channels/{topic}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": f"{part.name} {does}.",
        "messages": [
            {"$ref": f"{channel}/messages/{contract.type}"} for contract in PUBLISHED[topic]
        ],
    }
