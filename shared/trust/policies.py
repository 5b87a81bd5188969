"""The policies as they were shipped, read and checked once, at start."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cedarpy import PolicySet, Schema, policies_to_json_str, validate_policies

from shared.trust.access import OfRole, Policies, UnusablePolicies

SCHEMA = "staffetta.cedarschema"
_ROLES = re.compile(r"entity Role enum \[([^\]]*)\]")


def texts() -> dict[str, str]:
    """The shipped files by name: the schema, and one file of policies for each role."""
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in files("deploy.policies").iterdir()
        if file.name.endswith((".cedar", ".cedarschema"))
    }


def read(told: Mapping[str, str]) -> Policies:
    """The policies in these files.

    Raises `UnusablePolicies`, in words, where the schema or a role's file is missing, a file is of
    no role, a policy does not fit the schema, speaks for another role than its file, or does not
    say what it is (`@id`) and where it comes from (`@source`); one that forbids also names the
    rule that refusals name (`@rule`).
    """
    if SCHEMA not in told:
        raise UnusablePolicies(f"There is no {SCHEMA}.")
    schema = told[SCHEMA]
    roles = _roles(schema)
    _a_file_for_each(roles, told)
    for role in sorted(roles):
        _speaks_for(role, told[f"{role}.cedar"])
    together = "\n".join(told[f"{role}.cedar"] for role in sorted(roles))
    judged = validate_policies(together, schema)
    if not judged.validation_passed:
        raise UnusablePolicies("; ".join(str(error) for error in judged.errors))
    policies = _policies("the files together", together)
    ids = [policy["annotations"]["id"] for policy in policies.values()]
    if len(set(ids)) < len(ids):
        raise UnusablePolicies("Two policies have the same @id.")
    of_role = {role: _of_role(told[f"{role}.cedar"]) for role in roles}
    return Policies(of_role, Schema.from_str(schema))


def _of_role(text: str) -> OfRole:
    rules = {
        name: policy["annotations"]["rule"]
        for name, policy in _policies("the file", text).items()
        if policy["effect"] == "forbid"
    }
    return OfRole(PolicySet.from_str(text), rules)


def _roles(schema: str) -> frozenset[str]:
    listed = _ROLES.search(schema)
    if listed is None:
        raise UnusablePolicies(f"{SCHEMA} does not list the roles.")
    return frozenset(re.findall(r'"([^"]+)"', listed[1]))


def _a_file_for_each(roles: frozenset[str], told: Mapping[str, str]) -> None:
    wanted = {SCHEMA, *(f"{role}.cedar" for role in roles)}
    for name in sorted(wanted ^ told.keys()):
        raise UnusablePolicies(
            f"{name} is missing." if name in wanted else f"{name} is of no role."
        )


def _speaks_for(role: str, text: str) -> None:
    scope = {"op": "in", "entity": {"type": "Role", "id": role}}
    count = 0
    for count, policy in enumerate(_policies(f"{role}.cedar", text).values(), 1):
        if policy["principal"] != scope:
            raise UnusablePolicies(f"{role}.cedar: policy {count} speaks for somebody else.")
        forbids = policy["effect"] == "forbid"
        for name in ("id", "source", "rule") if forbids else ("id", "source"):
            if not policy.get("annotations", {}).get(name):
                raise UnusablePolicies(f"{role}.cedar: policy {count} has no @{name}.")
    if not count:
        raise UnusablePolicies(f"{role}.cedar holds no policy.")


def _policies(file: str, text: str) -> Mapping[str, dict[str, Any]]:
    """Every policy of a text by Cedar's name for it; templates are none, and have no place here."""
    try:
        told = json.loads(policies_to_json_str(text))
    except ValueError as error:
        raise UnusablePolicies(f"{file} cannot be read: {error}.") from None
    if told.get("templates"):
        raise UnusablePolicies(f"{file} holds a template: write it out.")
    found: Mapping[str, dict[str, Any]] = told["staticPolicies"]
    return found


@cache
def shipped() -> Policies:
    """What holds here, read once when a service starts; raises `UnusablePolicies`, and stops it.

    Kept is what the files say, never what was decided by them.
    """
    return read(texts())
