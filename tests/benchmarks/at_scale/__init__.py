"""Measurements over Kafka and PostgreSQL: `python -m tests.benchmarks.at_scale` prints them."""
