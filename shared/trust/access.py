"""Who may do what: Cedar policies, one file for each role, over facts that are handed in.

Everything that no policy permits is refused. Nothing that was decided is kept: each question is
answered anew, from the facts that the asker has just read. Only the files of the roles that the
asker holds are asked: each policy speaks for the role of its file alone, so that those of other
roles could never answer.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cedarpy import Decision, Entities, PolicySet, Schema, is_authorized

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
class OfRole:
    """One role's file. `rules`: of the policies that forbid, by Cedar's name for each within the
    file, the rule that a refusal names (`@rule`)."""

    policies: PolicySet
    rules: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Policies:
    """Parsed once, and never changed; `of_role` holds each role that has a file."""

    of_role: Mapping[str, OfRole]
    schema: Schema

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.of_role)

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
        answers = self._ask(asking, action, thing)
        return not any(answer.rules for answer in answers) and any(
            answer.permits for answer in answers
        )

    def forbidding(self, asking: Asking, action: str, thing: Thing) -> frozenset[str]:
        """The rules that forbid it, whatever others permit; none where it is merely not permitted.

        Raises as `permit` does.
        """
        return frozenset[str]().union(
            *(answer.rules for answer in self._ask(asking, action, thing))
        )

    def _ask(self, asking: Asking, action: str, thing: Thing) -> list["_Answer"]:
        """What each role of the asker says; of whoever has none, what a file without policies
        says: the question is held to the schema all the same."""
        held = sorted(asking.roles & self.roles)
        question = {
            "principal": {"type": "Operator", "id": _IT},
            "action": {"type": "Action", "id": action},
            "resource": {"type": thing.kind, "id": _IT},
            "context": {},
        }
        try:
            told = json.dumps([_operator(asking, held), _thing(thing)])
            entities = Entities.from_json_str(told, self.schema)
            files = [self.of_role[role] for role in held] or [_NO_ROLE]
            return [_answer(file, question, entities, self.schema) for file in files]
        except ValueError:
            # Cedar's own words would repeat the facts: they stay here.
            raise PolicyFault(f"{action} cannot be asked like this about a {thing.kind}.") from None


@dataclass(frozen=True)
class _Answer:
    """Of one file. `rules`: those that forbid."""

    permits: bool
    rules: frozenset[str]


def _answer(
    file: OfRole, question: Mapping[str, object], entities: Entities, schema: Schema
) -> _Answer:
    """Raises `ValueError` where Cedar cannot say."""
    told = is_authorized(dict(question), file.policies, entities, schema)
    if told.diagnostics.errors or told.decision is Decision.NoDecision:
        raise ValueError
    if told.allowed:
        return _Answer(permits=True, rules=frozenset())
    return _Answer(
        permits=False, rules=frozenset(file.rules[name] for name in told.diagnostics.reasons)
    )


_NO_ROLE = OfRole(PolicySet.from_str(""), {})

# A question is about one operator and one thing: what they are called makes no difference.
_IT = "it"


def _operator(asking: Asking, held: Collection[str]) -> object:
    return {
        "uid": {"type": "Operator", "id": _IT},
        "attrs": {"name": asking.operator, "organisation": asking.organisation},
        "parents": [{"type": "Role", "id": role} for role in held],
    }


def _thing(thing: Thing) -> object:
    facts = {
        name: fact if isinstance(fact, str) else sorted(fact) for name, fact in thing.facts.items()
    }
    return {"uid": {"type": thing.kind, "id": _IT}, "attrs": facts, "parents": []}
