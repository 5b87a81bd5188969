"""A load of many small journeys through the real HTTP API, and a journal of what it was told."""
