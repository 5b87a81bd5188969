"""Who may do what: Cedar policies, one file for each role, over facts that are handed in.

Everything that no policy permits is refused. Nothing that was decided is kept: each question is
answered anew, from the facts that the asker has just read.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cedarpy import AuthzResult, Decision, Entities, PolicySet, Schema, is_authorized

Facts = Mapping[str, str | Collection[str]]


class PolicyFault(Exception):
    """A question does not fit the policies, or they cannot answer it. Never an answer of yes."""


class UnusablePolicies(PolicyFault):
    """The policies' files are not as they must be; says what is wrong with which of them."""


@dataclass(frozen=True)
class Thing:
    """What an action is about: an entity of the schema, and the facts that policies ask of it."""

    kind: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """Who asks: the token's own words."""

    operator: str
    organisation: str
    roles: frozenset[str]


@dataclass(frozen=True, eq=False)
class Policies:
    """Parsed once, and never changed.

    `roles`: those that have a file. `rules`: of the policies that forbid, by Cedar's name for each,
    the rule that a refusal names (`@rule`).
    """

    policies: PolicySet
    schema: Schema
    roles: frozenset[str]
    rules: Mapping[str, str]

    @cached_property
    def actions(self) -> Mapping[str, frozenset[str]]:
        """Every action of the schema that can be asked, and whether it is a Read or a Write."""
        known = json.loads(str(Entities.from_json_str("[]", self.schema)))
        groups = {
            entity["uid"]["id"]: frozenset(parent["id"] for parent in entity["parents"])
            for entity in known
        }
        return {action: within for action, within in groups.items() if within}

    def knows(self, action: str) -> None:
        """Raise `PolicyFault` for an action that the schema does not have."""
        if action not in self.actions:
            raise PolicyFault(f"The policies' schema has no action {action}.")

    def permit(self, asking: Asking, action: str, thing: Thing) -> bool:
        """Whether a policy permits it and none forbids it. Roles without a file give nothing.

        Raises `PolicyFault` where the question is none that the schema allows: an unknown action,
        a thing that the action is not about, a fact that is missing.
        """
        return self._ask(asking, action, thing).allowed

    def forbidding(self, asking: Asking, action: str, thing: Thing) -> frozenset[str]:
        """The rules that forbid it, whatever others permit; none where it is merely not permitted.

        Raises as `permit` does.
        """
        answer = self._ask(asking, action, thing)
        if answer.allowed:
            return frozenset()
        return frozenset(self.rules[name] for name in answer.diagnostics.reasons)

    def _ask(self, asking: Asking, action: str, thing: Thing) -> AuthzResult:
        question = {
            "principal": {"type": "Operator", "id": _IT},
            "action": {"type": "Action", "id": action},
            "resource": {"type": thing.kind, "id": _IT},
            "context": {},
        }
        entities = json.dumps([_operator(asking, self.roles), _thing(thing)])
        answer = is_authorized(question, self.policies, entities, self.schema)
        if answer.diagnostics.errors or answer.decision is Decision.NoDecision:
            # Cedar's own words would repeat the facts: they stay here.
            raise PolicyFault(f"{action} cannot be asked like this about a {thing.kind}.")
        return answer


# A question is about one operator and one thing: what they are called makes no difference.
_IT = "it"


def _operator(asking: Asking, roles: frozenset[str]) -> object:
    known = sorted(asking.roles & roles)
    return {
        "uid": {"type": "Operator", "id": _IT},
        "attrs": {"name": asking.operator, "organisation": asking.organisation},
        "parents": [{"type": "Role", "id": role} for role in known],
    }


def _thing(thing: Thing) -> object:
    facts = {
        name: fact if isinstance(fact, str) else sorted(fact) for name, fact in thing.facts.items()
    }
    return {"uid": {"type": thing.kind, "id": _IT}, "attrs": facts, "parents": []}
