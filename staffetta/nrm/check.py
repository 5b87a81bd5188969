"""Whether what was loaded equals the files, person by person and cell by cell."""

from collections.abc import Sequence

from shared.codes import AgeGroup, Channel, Gender
from staffetta.installation import Installation
from staffetta.nrm.rows import Row
from staffetta.nrm.totals import Cell, differences, totals


def check(installation: Installation, rows: Sequence[Row]) -> list[str]:
    """Each difference in words; none where all is equal. Only the files' quarters are compared.

    This looks inside, where counts are exact: nothing of it is ever served.
    """
    expected = totals(rows)
    quarters = {row.quarter for row in rows}
    found = differences(expected, _counted(installation, quarters))
    people = sum(expected.values())
    referred = installation.stores["referral"].rows(
        "SELECT COUNT(*) AS n FROM referrals WHERE sender LIKE 'nrm-%'"
    )[0]["n"]
    if referred < people:
        found.append(f"referrals: the files have {people} people, {referred} were referred")
    return found


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
