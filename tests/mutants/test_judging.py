"""The check on the tests can fail: for each reason that it has."""

from pathlib import Path

import pytest

from tests.mutants.files import CHECKOUT, WrongFiles, to_break
from tests.mutants.judging import LIST, WrongList, as_listed, objections, read, that_is_gone
from tests.mutants.running import Mutant

FILE, ANOTHER = "services/x/decide.py", "services/x/policies.py"
CAUGHT = Mutant(FILE, "decide", caught=True)
SURVIVED = Mutant(FILE, "decide", caught=False, change="- a > b\n+ a >= b")
ENOUGH = [CAUGHT] * 20


def said(mutants: list[Mutant], listed: list[Mutant], *files: str) -> list[str]:
    return [each.partition(":")[0] for each in objections(mutants, files or (FILE,), listed)]


def test_when_all_are_caught_or_listed_then_nothing_is_wrong() -> None:
    assert said(ENOUGH, []) == []
    assert said([*ENOUGH, SURVIVED], [SURVIVED]) == []


def test_when_a_file_has_no_mutants_then_that_is_wrong() -> None:
    assert said(ENOUGH, [], FILE, ANOTHER) == [f"{ANOTHER} has no mutants"]


def test_when_fewer_than_nine_in_ten_are_caught_then_that_is_wrong_even_if_all_are_listed() -> None:
    assert said([CAUGHT] * 9 + [SURVIVED], [SURVIVED]) == []
    few = said([CAUGHT] * 8 + [SURVIVED], [SURVIVED])
    assert few == ["Only 8 of 9 were caught; at least 90% must be."]


def test_when_a_survivor_is_not_listed_as_often_as_it_survived_then_that_is_wrong() -> None:
    assert said([*ENOUGH, SURVIVED], []) == ["This survived, and is not listed"]
    twice = [*ENOUGH, SURVIVED, SURVIVED]
    assert said(twice, [SURVIVED]) == ["This survived, and is not listed"]


def test_when_a_listed_one_did_not_survive_then_that_is_wrong_unless_it_was_not_tried() -> None:
    assert said(ENOUGH, [SURVIVED]) == ["This is listed, and did not survive"]
    assert said([Mutant(ANOTHER, "rule", caught=True)], [SURVIVED], ANOTHER) == []


def test_a_survivor_is_listed_in_the_form_that_is_printed_with_a_reason() -> None:
    printed = as_listed(SURVIVED)
    assert read(printed.replace("reason = ''", "reason = 'why'")) == [SURVIVED]
    with pytest.raises(WrongList, match="without a reason"):
        read(printed)
    with pytest.raises(WrongList, match="has a file"):
        read("[[survivor]]\nfile = 'services/x/decide.py'")


def test_the_list_can_be_read_and_speaks_of_files_that_are_broken() -> None:
    assert {survivor.file for survivor in read(LIST.read_text())} <= set(to_break(()))


def test_when_a_file_is_asked_for_that_is_not_broken_then_it_is_refused() -> None:
    assert to_break(["shared/runtime/inbox.py"]) == ["shared/runtime/inbox.py"]
    with pytest.raises(WrongFiles, match="README"):
        to_break(["README.md"])


def test_each_listed_survivor_changes_what_is_there() -> None:
    that_is_gone(read(LIST.read_text()), to_break(()), CHECKOUT)


SOURCE = """
class Inbox:
    def position(self) -> str:
        return ask("SELECT 1 "
                   "FROM inbox")
"""


@pytest.mark.parametrize(
    ("file", "function", "change", "words"),
    [
        (FILE, "position", '- return ask("SELECT 1 FROM inbox")\n+ return None', ""),
        (FILE, "Inbox.position", "- return ask(\n- 'SELECT 1 FROM inbox')\n+ return None", ""),
        (ANOTHER, "position", "- return ask", "of a file that is not broken"),
        (FILE, "places", "- return ask", "is of no function there"),
        (FILE, "position", "- return seek\n+ return None", "changes what is not there any more"),
    ],
)
def test_when_a_listed_one_moved_or_is_gone_then_that_is_said(
    file: str, function: str, change: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(SOURCE)
    listed = [Mutant(file, function, caught=False, change=change)]
    if not words:
        that_is_gone(listed, [FILE], tmp_path)
        return
    with pytest.raises(WrongList, match=words):
        that_is_gone(listed, [FILE], tmp_path)
