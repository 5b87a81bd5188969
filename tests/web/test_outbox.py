"""A service's outbox over HTTP, and who may read it."""
