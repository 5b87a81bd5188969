"""The audit log over HTTP: tiles and proofs for whoever watches it, and nothing for strangers."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import Response

from services.identification.app import SERVICE as IDENTIFICATION
from services.identification.app import app as identification
from services.referral.app import SERVICE as REFERRAL
from shared.codes import Role
from shared.runtime.checkpoints import checkpoint, sign_head, verifier_for
from shared.runtime.looking import Watch
from shared.runtime.seen_logs import kept_of
from shared.runtime.store import Store
from shared.runtime.tree import root_at, size_of
from shared.runtime.witnessing import Found, StoreLog, StoreMemory, witness
from shared.trust.cosigning import cosign, cosigned, cosigner
from shared.trust.merkle import leaf_hash
from shared.trust.notes import opened, verifier_of
from shared.trust.proofs import includes
from shared.trust.tiles import FULL, HASH
from shared.web.door import SERVICE_ROLE
from shared.web.logs import HttpLog
from shared.web.peers import HttpHearer
from tests.support.stores import open_store
from tests.support.web import Web, serve
from tests.web.asking import hotline, problem, send
from tests.web.asking import opened as case_opened

KEY = Ed25519PrivateKey.from_private_bytes(32 * b"\x05")
NAME = "witness.example"
PATHS = ("/audit/checkpoint", "/audit/key", "/audit/tile/0/000.p/1", "/audit/entries/0")
FOR_WHOM = "the-audit-log-is-for-auditors-and-witnesses"


@pytest.fixture
def log(web: Web) -> Web:
    """Some cases, and a checkpoint over them."""
    for _case in range(3):
        case_opened(web)
    sign_head(web.store)
    return web


def auditor(web: Web, operator: str = "op-audit") -> str:
    return web.token("agency", Role.AUDITOR, operator=operator)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_not_for_strangers_nor_for_those_who_work_on_cases(log: Web, path: str) -> None:
    problem(log.client.get(path), 401, "who-acts-is-known")
    problem(log.get(path, hotline(log)), 403, FOR_WHOM)
    problem(log.get(path, log.token("agency", Role.COORDINATOR)), 403, FOR_WHOM)


def test_before_the_first_checkpoint_there_is_nothing_to_read(web: Web) -> None:
    problem(web.get("/audit/checkpoint", auditor(web)), 404, "a-checkpoint-was-signed")
    problem(web.get("/audit/tile/0/000", auditor(web)), 404, "a-checkpoint-was-signed")


def test_checkpoint_and_tiles_fit_together_and_polling_leaves_no_trace(log: Web) -> None:
    before = log.store.rows("SELECT size FROM audit_head")
    key = verifier_of(log.get("/audit/key", auditor(log)).text)
    head = opened(log.get("/audit/checkpoint", auditor(log)).text, key)
    tile = log.get(f"/audit/tile/0/000.p/{head.size}", auditor(log))
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert len(tile.content) == head.size * HASH
    assert (head.root, key) == (root_at(log.store, head.size), verifier_for(log.store))
    for place in ("0/000", f"0/000.p/{head.size + 1}", "1/000", "0/001.p/1"):
        answer = log.get(f"/audit/tile/{place}", auditor(log))
        problem(answer, 404, "the-tile-is-within-the-checkpoint")
    assert log.store.rows("SELECT size FROM audit_head") == before


def test_an_entry_comes_with_its_proof_and_the_read_is_recorded(log: Web) -> None:
    last = checkpoint(log.store)
    assert last is not None
    told = log.get("/audit/entries/2", auditor(log)).json()
    path = [base64.b64decode(step) for step in told["path"]]
    head = opened(last[1], verifier_for(log.store))
    assert includes(leaf_hash(told["entry"].encode()), 2, head.size, path, head.root)
    assert not includes(leaf_hash(b"another"), 2, head.size, path, head.root)
    (row,) = log.store.rows("SELECT entry FROM audit ORDER BY idx DESC LIMIT 1")
    assert '"kind":"read"' in row["entry"]
    answer = log.get(f"/audit/entries/{head.size}", auditor(log))
    problem(answer, 404, "the-entry-is-within-the-checkpoint")


def put(web: Web, path: str, told: Mapping[str, Any], token: str) -> Response:
    return web.client.put(path, json=told, headers={"Authorization": f"Bearer {token}"})


def brought(log: Web, key: Ed25519PrivateKey = KEY, operator: str = "op-audit") -> int:
    last = checkpoint(log.store)
    assert last is not None
    size, note = last
    told = {
        "size": size,
        "line": cosign(note, NAME, key, 1_772_000_000),
        "key": str(cosigner(NAME, key)),
    }
    answer = put(log, "/audit/cosignatures", told, auditor(log, operator))
    if answer.status_code != 204:
        problem(answer, 409, "a-cosignature-is-of-our-checkpoint")
    return answer.status_code


def test_a_cosignature_is_kept_with_the_checkpoint_under_one_key_for_a_name(log: Web) -> None:
    assert brought(log) == 204
    assert brought(log) == 204, "safe to repeat"
    other = Ed25519PrivateKey.from_private_bytes(32 * b"\x06")
    assert brought(log, other) == 409, "this name has a key"
    assert brought(log, KEY, "op-other") == 409, "this name is somebody's"
    note = log.get("/audit/checkpoint", auditor(log)).text
    assert cosigned(note, cosigner(NAME, KEY)) == 1_772_000_000
    assert note.count("— ") == 2


@pytest.mark.parametrize(
    ("size", "line", "key"),
    [
        (1, "— a b", str(cosigner(NAME, KEY))),
        (6, "— a b", str(cosigner(NAME, KEY))),
        (6, cosign("1\n2\n3\n\n— a b\n", NAME, KEY, 1), str(cosigner(NAME, KEY))),
        (6, "— a YQ==", "no key"),
        (6, "— a YQ==\n— b YQ==", str(cosigner(NAME, KEY))),
    ],
)
def test_what_is_no_cosignature_of_ours_is_refused(
    log: Web, size: int, line: str, key: str
) -> None:
    assert checkpoint(log.store) is not None
    told = {"size": size, "line": line, "key": key}
    answer = put(log, "/audit/cosignatures", told, auditor(log))
    problem(answer, 409, "a-cosignature-is-of-our-checkpoint")
    assert log.store.rows("SELECT * FROM witnesses") == []


def test_what_it_signed_itself_and_does_not_continue_is_noticed(log: Web) -> None:
    last = checkpoint(log.store)
    assert last is not None
    answer = put(log, "/audit/shown", {"note": last[1]}, auditor(log))
    assert answer.json() == {"contradicted": False}
    forged = last[1].replace(f"\n{last[0]}\n", f"\n{last[0] + 1}\n")
    answer = put(log, "/audit/shown", {"note": forged}, auditor(log))
    problem(answer, 422, "a-checkpoint-is-signed-by-its-service")
    assert not log.store.shown
    answer = put(log, "/audit/shown", {"note": last[1]}, hotline(log))
    problem(answer, 403, FOR_WHOM)
    assert send(log, b"{}").status_code == 422, "it goes on"


@pytest.fixture
def apart(kind: str, tmp_path: Path) -> Iterator[Web]:
    """A service on a store of each kind, asked by another over HTTP."""
    web = serve(kind, IDENTIFICATION, identification, tmp_path)
    yield web
    web.store.close()


def over_http(web: Web) -> HttpLog:
    token = web.token("network", SERVICE_ROLE, operator="referral")
    return HttpLog("identification", cast("httpx.Client", web.client), lambda: token)


def grew(web: Web, cases: int = 1) -> None:
    for _case in range(cases):
        case_opened(web)
    sign_head(web.store)


def test_another_service_witnesses_it_through_its_tiles(apart: Web, other: Store) -> None:
    memory, log = StoreMemory(other), over_http(apart)
    assert witness(memory, log, lambda: 1) is Found.NOTHING_NEW
    for _time in range(2):
        grew(apart, 70)
        assert witness(memory, log, lambda: 1) is Found.COSIGNED
        assert witness(memory, log, lambda: 1) is Found.NOTHING_NEW
    assert size_of(apart.store) > FULL, "more than one tile"
    kept = kept_of(other, "identification")
    assert kept is not None
    assert checkpoint(apart.store) == (kept.size, kept.note)


def test_a_fork_is_shown_to_it_over_http_and_it_takes_no_commands(apart: Web, other: Store) -> None:
    memory, log = StoreMemory(other), over_http(apart)
    grew(apart)
    witness(memory, log, lambda: 1)
    with apart.store.transaction(commit=True) as run:
        run("UPDATE audit SET hash = ? WHERE idx = 0", (b"\x07" * 32,))
    grew(apart)
    assert witness(memory, log, lambda: 1) is Found.FORKED
    watch = Watch(apart.store, [])
    assert not watch.over
    assert watch.look() is not None
    refused = apart.post("/contacts", {}, hotline(apart))
    problem(refused, 503, "what-others-saw-is-not-overwritten")
    ready = apart.client.get("/health/ready")
    assert "staffetta lost list" in ready.json()["checks"]["database"]


def test_what_a_service_keeps_as_a_witness_is_told_to_the_other(log: Web, other: Store) -> None:
    sign_head(other)
    assert witness(StoreMemory(log.store), StoreLog(other, "x"), lambda: 1) is Found.COSIGNED
    token = log.token("network", SERVICE_ROLE, operator="referral")
    client = cast("httpx.Client", log.client)
    seen = HttpHearer("identification", client, lambda: token).seen_log("referral")
    assert seen == kept_of(log.store, "referral")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """The store of the witness."""
    (tmp_path / "other").mkdir()
    store = open_store("sqlite", REFERRAL, tmp_path / "other")
    yield store
    store.close()
