"""The append transaction, the wire between services, and all that the runtime does."""
