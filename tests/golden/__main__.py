"""Write the golden files that are missing: `python -m tests.golden`. Nothing is overwritten."""

import sys

from tests.golden.forms import HERE, add_names, public_today, stored_today, write_missing
from tests.support.services import SERVICES


def main() -> None:
    for name in add_names(HERE / "stored_names.json", SERVICES):
        sys.stdout.write(f"listed {name}\n")
    for folder, today in (("events", stored_today(SERVICES)), ("public", public_today())):
        for path in write_missing(HERE / folder, today):
            sys.stdout.write(f"wrote {path.relative_to(HERE)}\n")


if __name__ == "__main__":
    main()
