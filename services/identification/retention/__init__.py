"""What the network must keep, for how long, and what is held for a court: read by erasure."""
