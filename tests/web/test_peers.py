"""The outbox read over HTTP keeps the contract of the store's own."""
