"""Measurements: `python -m tests.benchmarks` prints them as ratios, beside their aims."""
