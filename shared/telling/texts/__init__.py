"""What every service says of the entries of its audit log that are no events."""
