"""`python -m tests.matrix`: ask the services who may do what, and write it down."""

import tempfile
from pathlib import Path

from tests.matrix.seeding import all_four
from tests.matrix.table import FILE, document, matrix

with tempfile.TemporaryDirectory(prefix="staffetta-matrix-") as directory:
    FILE.write_text(document(matrix(all_four(Path(directory)))), encoding="utf-8")
