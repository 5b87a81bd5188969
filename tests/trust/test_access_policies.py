"""The Cedar policies as shipped: what may never be permitted, and what stops the start."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from cedarpy import Decision, PolicySet, is_authorized, policies_to_json_str
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import Role
from shared.trust.access import Asking, OfRole, PolicyFault, Thing, UnusablePolicies
from shared.trust.policies import SCHEMA, read, shipped, texts

REPOSITORY = Path(__file__).parents[2]
SHIPPED = shipped()
ORGANISATIONS = st.sampled_from(["hotline", "porto", "regione"])
# Also what policies ask for by name: the operator who asks, a category, a service.
NAMES = ORGANISATIONS | st.sampled_from(["op-1", "health", "observatory"])
SOME = st.frozensets(NAMES)
RELATIONS = {
    "Address": ("escorts",),
    "Case": ("custodian",),
    "Category": ("name",),
    "Dossier": ("recipients",),
    "Emergency": ("operator", "organisation"),
    "Heard": ("sender",),
    "Network": (),
    "Observatory": (),
    "Organisation": ("name",),
    "Programme": ("organisation",),
    "Programmes": ("organisations",),
    "Referral": ("sender", "receivers", "acceptors"),
    "Relay": ("custodian", "involved"),
    "Service": ("name",),
    "Topic": ("readers",),
    "Withdrawal": ("holders",),
}
SETS = {
    "acceptors",
    "escorts",
    "holders",
    "involved",
    "organisations",
    "readers",
    "receivers",
    "recipients",
}
ROLES = sorted(SHIPPED.roles)


@st.composite
def things(draw: st.DrawFn, of: str = "") -> Thing:
    kind = of or draw(st.sampled_from(sorted(RELATIONS)))
    facts = {name: draw(SOME if name in SETS else NAMES) for name in RELATIONS[kind]}
    return Thing(kind, facts)


ACTIONS = st.sampled_from(sorted(SHIPPED.actions))


def permitted(organisation: str, roles: frozenset[str], action: str, thing: Thing) -> bool:
    """A question that the schema does not allow is not permitted either."""
    try:
        return SHIPPED.permit(Asking("op-1", organisation, roles), action, thing)
    except PolicyFault:
        return False


WHOLE = "\n".join(text for name, text in sorted(texts().items()) if name != SCHEMA)
TOGETHER = OfRole(
    PolicySet.from_str(WHOLE),
    {
        name: policy["annotations"].get("rule", "")
        for name, policy in json.loads(policies_to_json_str(WHOLE))["staticPolicies"].items()
    },
)


def of_all_files_at_once(
    org: str, roles: frozenset[str], action: str, thing: Thing
) -> tuple[bool, frozenset[str]] | None:
    """What Cedar says where it is asked every role's file together; None where it cannot."""
    parents = [{"type": "Role", "id": role} for role in sorted(roles)]
    attributes = {"name": "op-1", "organisation": org}
    facts = {
        name: fact if isinstance(fact, str) else sorted(fact) for name, fact in thing.facts.items()
    }
    operator, about = {"type": "Operator", "id": "o"}, {"type": thing.kind, "id": "t"}
    question = {
        "principal": operator,
        "action": {"type": "Action", "id": action},
        "resource": about,
        "context": {},
    }
    entities = [
        {"uid": operator, "attrs": attributes, "parents": parents},
        {"uid": about, "attrs": facts, "parents": []},
    ]
    said = is_authorized(question, TOGETHER.policies, json.dumps(entities), SHIPPED.schema)
    if said.diagnostics.errors or said.decision is Decision.NoDecision:
        return None
    reasons = frozenset() if said.allowed else said.diagnostics.reasons
    return said.allowed, frozenset(TOGETHER.rules[name] for name in reasons)


def of_the_files_held(
    org: str, roles: frozenset[str], action: str, thing: Thing
) -> tuple[bool, frozenset[str]] | None:
    asking = Asking("op-1", org, roles)
    try:
        permits = SHIPPED.permit(asking, action, thing)
    except PolicyFault:
        with pytest.raises(PolicyFault):
            SHIPPED.forbidding(asking, action, thing)
        return None
    return permits, SHIPPED.forbidding(asking, action, thing)


@pytest.mark.parametrize("action", sorted(SHIPPED.actions))
@given(st.data())
def test_the_files_of_the_roles_held_answer_as_all_files_together(
    action: str, data: st.DataObject
) -> None:
    """About what the action is about, and about anything else, which is a fault to both."""
    org = data.draw(ORGANISATIONS)
    roles = data.draw(st.frozensets(st.sampled_from(ROLES)))
    for kind in (data.draw(st.sampled_from(about(action))), ""):
        asked = (org, roles, action, data.draw(things(kind)))
        assert of_the_files_held(*asked) == of_all_files_at_once(*asked)


@cache
def about(action: str) -> list[str]:
    """The kinds of things about which the schema lets it be asked."""
    fits = []
    for kind, names in RELATIONS.items():
        thing = Thing(kind, {name: () if name in SETS else "x" for name in names})
        if of_all_files_at_once("porto", frozenset(), action, thing) is not None:
            fits.append(kind)
    return fits


@pytest.mark.parametrize("roles", [frozenset[str](), frozenset({"made-up"})])
def test_a_question_of_nobody_is_held_to_the_schema_all_the_same(roles: frozenset[str]) -> None:
    nobody = Asking("op-1", "porto", roles)
    assert not SHIPPED.permit(nobody, "GiveConsent", of("porto"))
    assert not SHIPPED.forbidding(nobody, "GiveConsent", of("porto"))
    with pytest.raises(PolicyFault):
        SHIPPED.permit(nobody, "GiveConsent", Thing("Network"))


def test_every_role_has_its_file() -> None:
    assert {*Role, "service"} == SHIPPED.roles


@given(ORGANISATIONS, ACTIONS, things())
def test_without_a_role_nothing_is_permitted(org: str, action: str, thing: Thing) -> None:
    assert not permitted(org, frozenset(), action, thing)
    assert not permitted(org, frozenset({"made-up"}), action, thing)


@given(ORGANISATIONS, st.frozensets(st.sampled_from(ROLES)), ACTIONS, things())
def test_an_auditor_never_writes(
    org: str, others: frozenset[str], action: str, thing: Thing
) -> None:
    if permitted(org, others | {Role.AUDITOR}, action, thing):
        assert SHIPPED.actions[action] == {"Read"}


@given(ORGANISATIONS, st.frozensets(st.sampled_from(ROLES)), ACTIONS, things())
def test_an_analyst_sees_nothing_outside_the_observatory(
    org: str, others: frozenset[str], action: str, thing: Thing
) -> None:
    if permitted(org, others | {Role.ANALYST}, action, thing):
        assert action in {"SeeCounts", "SeePositions"}


@given(st.frozensets(st.sampled_from(ROLES)), SOME, SOME)
def test_a_sender_never_accepts_its_own_referral(
    roles: frozenset[str], receivers: frozenset[str], acceptors: frozenset[str]
) -> None:
    own = Thing("Referral", {"sender": "porto", "receivers": receivers, "acceptors": acceptors})
    assert not permitted("porto", roles, "AcceptReferral", own)


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_a_case_of_another_may_not_move_it(role: str) -> None:
    assert not permitted("porto", frozenset({role}), "ProposeReferral", of("hotline"))


def of(custodian: str) -> Thing:
    return Thing("Case", {"custodian": custodian})


def test_an_intake_works_on_its_own_case_and_on_no_other() -> None:
    intake = frozenset({Role.PROVIDER_INTAKE})
    assert permitted("porto", intake, "GiveConsent", of("porto"))
    assert not permitted("porto", intake, "GiveConsent", of("hotline"))


@pytest.mark.parametrize(
    ("action", "thing"),
    [
        ("GiveConcent", of("porto")),
        ("GiveConsent", Thing("Network")),
        ("GiveConsent", Thing("Case")),
    ],
)
def test_a_question_that_the_schema_does_not_know_is_a_fault(action: str, thing: Thing) -> None:
    asking = Asking("op-1", "porto", frozenset({Role.PROVIDER_INTAKE}))
    with pytest.raises(PolicyFault) as fault:
        SHIPPED.permit(asking, action, thing)
    assert "porto" not in str(fault.value)


@pytest.mark.parametrize("name", sorted(texts()))
def test_a_missing_file_stops_the_start(name: str) -> None:
    told = texts()
    del told[name]
    with pytest.raises(UnusablePolicies, match=r"missing|There is no"):
        read(told)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('Action::"SeeCounts"', 'Action::"SeeCount"'),
        ('Role::"analyst"', 'Role::"auditor"'),
        ("@source", "@sauce"),
        ("@rule", "@ruler"),
        ("@id", "@name"),
        ("permit (", "permit"),
    ],
)
def test_a_slip_in_a_policy_stops_the_start(before: str, after: str) -> None:
    told = texts()
    told["analyst.cedar"] = told["analyst.cedar"].replace(before, after)
    with pytest.raises(UnusablePolicies):
        read(told)


def test_a_file_of_no_role_stops_the_start() -> None:
    with pytest.raises(UnusablePolicies, match=r"everybody\.cedar is of no role"):
        read(texts() | {"everybody.cedar": ""})


def test_other_policies_give_another_answer() -> None:
    told = texts()
    told["analyst.cedar"] = told["analyst.cedar"].replace("permit (", '@rule("no")\nforbid (')
    analyst = Asking("op-1", "regione", frozenset({Role.ANALYST}))
    assert SHIPPED.permit(analyst, "SeeCounts", Thing("Observatory"))
    assert not read(told).permit(analyst, "SeeCounts", Thing("Observatory"))


def test_the_schema_is_shipped_with_them() -> None:
    assert SCHEMA in texts()


def test_what_is_forbidden_names_its_rule_and_what_nobody_permits_names_none() -> None:
    police = Asking("op-1", "questura", frozenset({Role.POLICE_OFFICER, Role.CASE_MANAGER}))
    rule = "police-and-courts-never-see-the-care-record"
    assert SHIPPED.forbidding(police, "ListProgrammes", Thing("Network")) == {rule}
    assert not SHIPPED.forbidding(police, "SetRetention", Thing("Network"))
    assert not SHIPPED.forbidding(police, "OpenCase", Thing("Network"))
    assert SHIPPED.permit(police, "OpenCase", Thing("Network"))
    assert not SHIPPED.permit(police, "SetRetention", Thing("Network"))


@given(st.frozensets(st.sampled_from(ROLES)), ORGANISATIONS, things())
def test_police_never_see_how_somebody_is_helped(
    others: frozenset[str], org: str, thing: Thing
) -> None:
    for role in (Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY):
        for action, within in SHIPPED.actions.items():
            if "ReadOfCare" in within:
                assert not permitted(org, others | {role}, action, thing)
        health = Thing("Category", {"name": "health"})
        assert not permitted(org, others | {role}, "AskForDossier", health)


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("config", "check")])
def test_nothing_starts_on_policies_that_cannot_be_used(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    shutil.copytree(REPOSITORY / "deploy" / "policies", tmp_path / "deploy" / "policies")
    (tmp_path / "deploy" / "__init__.py").touch()
    (tmp_path / "deploy" / "policies" / "analyst.cedar").write_text('permit (principal, "all")')
    settings = {
        "STAFFETTA_SERVICE": "observatory",
        "STAFFETTA_POSTGRES": "postgresql://nobody@127.0.0.1:1/none",
        "STAFFETTA_KAFKA": "127.0.0.1:1",
        "STAFFETTA_KEYS": str(tmp_path),
        "STAFFETTA_TOKEN_KEY": str(tmp_path / "token.pem"),
        "STAFFETTA_PEERS": "{}",
    }
    said = subprocess.run(
        [sys.executable, "-m", "staffetta", *words],
        cwd=tmp_path,
        env={**os.environ, **settings, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == (1 if words[0] == "config" else 2), said.stderr
    assert "deploy/policies: " in said.stderr
    assert "analyst.cedar" in said.stderr
