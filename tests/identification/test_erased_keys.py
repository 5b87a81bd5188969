"""Whatever opens a sealed field says that it was erased; an unknown key is never taken for that."""

from pathlib import Path

from shared.trust.key_file import keys_in_file
from tests.identification.desk import Desk
from tests.identification.given import DISCLOSE, IDENTIFY


def shown(desk: Desk, case: str) -> tuple[int, str]:
    answer = desk.ask(case, DISCLOSE, desk.by("casa-aperta"))
    return answer.status_code, str(answer.json().get("rule", ""))


def test_a_destroyed_key_is_a_refusal_that_says_so(desk: Desk) -> None:
    case, _consent = desk.consented()
    assert shown(desk, case) == (201, "")
    desk.web.store.keys.destroy(case)
    assert shown(desk, case) == (409, "what-was-erased-stays-erased")
    answer = desk.ask(case, IDENTIFY)
    assert (answer.status_code, answer.json()["rule"]) == (409, "what-was-erased-stays-erased")
    assert desk.refusals(case) == ["what-was-erased-stays-erased"], "kept like any other"


def test_an_unknown_key_is_a_fault_of_ours(desk: Desk, tmp_path: Path) -> None:
    case, _consent = desk.consented()
    desk.web.store.keys = keys_in_file(tmp_path / "others.keys.sqlite")
    assert shown(desk, case) == (500, "the-service-works")
