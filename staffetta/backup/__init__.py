"""One service's store, saved as it was at one moment and brought back whole. Never its keys."""
