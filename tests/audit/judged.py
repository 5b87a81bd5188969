"""What is said of several logs that are verified together."""

from pathlib import Path

from staffetta.audit.checks import Check, Terms
from staffetta.audit.verifying import verify
from tests.audit.doctoring import Doctor
from tests.audit.exported import unseen
from tests.audit.months import Months


def checks(directory: Path) -> dict[tuple[str, str], Check]:
    found = verify(directory, Terms(quorum=0), unseen)
    return {(check.service, check.what): check for check in found}


def failed(told: Months, service: str, *doctors: Doctor) -> dict[tuple[str, str], list[str]]:
    """The checks of all logs that fail once this one was doctored, with their faults."""
    export = told.of(service)
    for doctor in doctors:
        export.doctored(doctor)
    export.sealed(int(told.clock().timestamp()))
    return {
        name: list(check.faults) for name, check in checks(told.directory).items() if check.faults
    }
