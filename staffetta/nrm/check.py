"""Whether what was loaded equals the files, person by person and cell by cell."""

from collections.abc import Sequence

from shared.codes import AgeGroup, Channel, Gender
from shared.runtime.handle import answered
from staffetta.installation import Installation
from staffetta.nrm.people import SCOPE, people
from staffetta.nrm.rows import Row
from staffetta.nrm.totals import Cell, differences, totals


def check(installation: Installation, rows: Sequence[Row]) -> list[str]:
    """Each difference in words; none where all is equal. Only the files' quarters are compared.

    This looks inside, where counts are exact: nothing of it is ever served.
    """
    expected = totals(rows)
    quarters = {row.quarter for row in rows}
    found = differences(expected, _counted(installation, quarters))
    everybody, referred = sum(expected.values()), _referred(installation, rows)
    if referred != everybody:
        found.append(f"referrals: expected {everybody}, found {referred}")
    return found


def _referred(installation: Installation, rows: Sequence[Row]) -> int:
    """How many of the files' people have a case with a referral."""
    cases = answered(installation.stores["identification"], SCOPE)
    sent = installation.stores["referral"].rows("SELECT DISTINCT case_id FROM referrals")
    with_referral = {row["case_id"] for row in sent}
    known = (cases[person.key.key].id for person in people(rows) if person.key.key in cases)
    return sum(case in with_referral for case in known)


def _counted(installation: Installation, quarters: set[str]) -> dict[Cell, int]:
    rows = installation.stores["observatory"].rows(
        "SELECT quarter, channel, exploitation, age_group, gender, COUNT(*) AS people FROM facts"
        " WHERE area = 'GB' GROUP BY quarter, channel, exploitation, age_group, gender"
    )
    return {
        Cell(
            row["quarter"],
            Channel(row["channel"]),
            row["exploitation"],
            AgeGroup(row["age_group"]),
            Gender(row["gender"]),
        ): row["people"]
        for row in rows
        if row["quarter"] in quarters
    }
