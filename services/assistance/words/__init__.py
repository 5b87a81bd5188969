"""What the trace of `assistance` says: a file for each language, with the same sentences."""
