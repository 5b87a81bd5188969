"""One person's whole journey through the real HTTP API, each step checked by its effect."""
