"""A protected text never shows: not printed, not dumped, not written in clear."""

import json
from collections.abc import Callable

import pytest
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import PydanticSerializationError

from services.identification.contacts.commands import ReportContact
from shared.codes import DataCategory
from shared.trust.protected import (
    REVEALED,
    ClassOfData,
    Contact,
    Health,
    Identity,
    Narrative,
    Protected,
    seal_fields,
)
from tests.trust.sealing import PLACE, OneKey, Told

SECRET = "Blessing Okafor"
IN_CLEAR = Protected[Identity](clear=SecretStr(SECRET))
UNSEALED = Told(name=IN_CLEAR)
SHOWN: list[Callable[[object], str]] = [repr, str, "{}".format, "%s".__mod__, ascii]
WRITTEN: list[Callable[[BaseModel], object]] = [
    BaseModel.model_dump,
    BaseModel.model_dump_json,
    lambda held: held.model_dump(mode="json"),
    lambda held: held.model_dump(context=REVEALED),
]


@pytest.mark.parametrize("held", [IN_CLEAR, UNSEALED, {"told": [UNSEALED]}])
@pytest.mark.parametrize("show", SHOWN)
def test_it_is_not_printed(show: Callable[[object], str], held: object) -> None:
    shown = show(held)
    assert "Blessing" not in shown
    assert "Okafor" not in shown
    assert "clear=" in shown


@pytest.mark.parametrize("held", [IN_CLEAR, UNSEALED])
@pytest.mark.parametrize("write", WRITTEN)
def test_it_is_not_written_before_it_is_sealed(
    write: Callable[[BaseModel], object], held: BaseModel
) -> None:
    with pytest.raises(PydanticSerializationError) as refused:
        write(held)
    assert "must be sealed" in str(refused.value)
    assert "Blessing" not in str(refused.value)


def test_once_sealed_it_is_written_as_its_ciphertext_alone() -> None:
    sealed = seal_fields(UNSEALED, PLACE, OneKey())
    written = json.loads(sealed.model_dump_json())["name"]
    assert list(written) == ["sealed"]
    assert len(written["sealed"]) > 100
    for form in (repr(sealed), sealed.model_dump_json()):
        assert "Blessing" not in form


def test_a_mistake_in_making_one_does_not_show_it() -> None:
    for wrong in ({"cleer": SECRET}, {"clear": [SECRET]}, {"clear": SECRET, "sealed": [SECRET]}):
        with pytest.raises(ValidationError) as mistaken:
            Protected[Identity].model_validate(wrong)
        assert "Blessing" not in str(mistaken.value)


def test_every_class_of_data_is_a_category_of_consent() -> None:
    """What consent allows is named as what the field is sealed under."""
    markers = ClassOfData.__constraints__
    assert sorted(marker.__name__.lower() for marker in markers) == sorted(DataCategory)


@pytest.mark.parametrize(
    ("field", "category"),
    [
        (Protected[Identity], DataCategory.IDENTITY),
        (Protected[Contact], DataCategory.CONTACT),
        (Protected[Health], DataCategory.HEALTH),
        (Protected[Narrative], DataCategory.NARRATIVE),
    ],
)
def test_a_protected_field_says_its_category(
    field: type[Protected[Identity]], category: DataCategory
) -> None:
    assert field.class_of_data() == category.value


def test_personal_input_of_a_command_shows_as_stars_but_for_a_digest() -> None:
    told = {"channel": "hotline", "received_on": "2026-03-08", "area": "IT-BO", "narrative": SECRET}
    command = ReportContact.model_validate(told)
    for shown in (repr(command), str(command), command.model_dump_json(), str(vars(command))):
        assert "Blessing" not in shown
    assert json.loads(command.model_dump_json())["narrative"] == "**********"
    assert json.loads(command.model_dump_json(context=REVEALED))["narrative"] == SECRET
    assert json.loads(command.model_dump_json(context={"revealed": False}))["narrative"] != SECRET
