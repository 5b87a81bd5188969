"""Idempotency keys and ETags at the door."""
