"""Access in an emergency: without a consent, for an hour at most, and looked at by another."""
