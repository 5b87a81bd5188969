"""Random moments that can be had again: the seed is printed, and read from STAFFETTA_SEED."""

import os
import random
import sys

import pytest


@pytest.fixture
def moments() -> random.Random:
    seed = int(os.environ.get("STAFFETTA_SEED", random.randrange(10**6)))
    sys.stdout.write(f"STAFFETTA_SEED={seed}\n")
    return random.Random(seed)
