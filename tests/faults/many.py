"""A published file with many invented people, made of the sample's rows."""

import csv
from pathlib import Path

from tests.staffetta.test_cli_load import SAMPLE


def many_people(path: Path, quarters: int) -> int:
    """Write the sample's rows for so many quarters, each row distinct. Returns the people."""
    with SAMPLE.open(encoding="utf-8", newline="") as sample:
        header, *rows = csv.reader(sample)
    people = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(header)
        for number in range(quarters):
            for _quarter, *cells, count in rows:
                written.writerow([f"{2000 + number // 4}-Q{1 + number % 4}", *cells, count])
                people += int(count)
    return people
