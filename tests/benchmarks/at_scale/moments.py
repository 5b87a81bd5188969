"""Milliseconds between moments, and their percentiles."""

from collections.abc import Mapping, Sequence
from statistics import quantiles

from tests.benchmarks.rounds import Spread


def percentile(values: Sequence[float], which: int) -> float:
    return quantiles(values, n=100, method="inclusive")[which - 1]


def between(began: Mapping[str, float], ended: Mapping[str, float]) -> list[float]:
    """Milliseconds for each that began. One that never ended is an error: it was lost."""
    lost = began.keys() - ended.keys()
    if lost:
        raise RuntimeError(f"{len(lost)} of {len(began)} never arrived")
    return [1_000 * (ended[key] - moment) for key, moment in began.items()]


def spreads(rounds: Sequence[Sequence[float]]) -> tuple[Spread, Spread]:
    """p50 and p99, a value for each round."""
    p50 = Spread([percentile(values, 50) for values in rounds])
    return p50, Spread([percentile(values, 99) for values in rounds])
