"""What the trace of `identification` says: a file for each language, with the same sentences."""
