"""Logs that are whole and signed, one of which tells of an organisation otherwise than the
directory; and the honest logs that they were made from."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.codes import OrganisationKind
from staffetta.audit.kinds import CHECK, Kinds, Named, faults
from tests.audit.doctoring import Doctor, changed, without
from tests.audit.judged import checks, failed
from tests.audit.months import Months

THERE, HERE, DIRECTORY = (
    "programme.organisation-heard.v1",
    "network.organisation-heard.v1",
    "organisation.registered.v1",
)
OTHERWISE = "an organisation of another kind than the directory tells"
UNKNOWN = "an organisation that the directory does not tell of"
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
NAMED = Named(0, NOON, "casa-aperta", OrganisationKind.NGO)


@pytest.mark.parametrize(
    ("service", "doctor", "of", "fault"),
    [
        ("assistance", changed(THERE, kind="police"), ("assistance",), OTHERWISE),
        ("identification", changed(HERE, kind="police"), ("identification",), OTHERWISE),
        ("assistance", changed(THERE, organisation="porto"), ("assistance",), UNKNOWN),
        (
            "referral",
            changed(DIRECTORY, kind="police"),
            ("assistance", "identification"),
            OTHERWISE,
        ),
        ("referral", without(DIRECTORY), ("assistance", "identification"), UNKNOWN),
    ],
)
def test_an_organisation_that_is_told_otherwise_is_named(
    told: Months, service: str, doctor: Doctor, of: tuple[str, ...], fault: str
) -> None:
    found = failed(told, service, doctor)
    assert {name for name, what in found if what == CHECK} == set(of)
    for name in of:
        assert all(fault in each for each in found[name, CHECK])


def test_honest_logs_pass_and_one_that_is_not_here_is_told(told: Months) -> None:
    assert checks(told.directory)["assistance", CHECK].faults == []
    shutil.rmtree(told.directory / "referral")
    check = checks(told.directory)["assistance", CHECK]
    assert (check.faults, check.told) == ((), "not compared: the log of referral is not here")


@pytest.mark.parametrize(
    ("hours", "lost", "count"), [(1, None, 0), (-1, None, 1), (3, None, 1), (-1, NOON, 0)]
)
def test_whoever_joined_after_the_directory_was_exported_is_no_fault(
    hours: int, lost: datetime | None, count: int
) -> None:
    """Nor whom it had told of before it was put back to an older state; of the future is nobody."""
    heard = Kinds([replace(NAMED, at=NOON + timedelta(hours=hours))])
    young = (NOON, NOON + timedelta(hours=2))
    assert len(list(faults(Kinds(), heard, young, lost))) == count
