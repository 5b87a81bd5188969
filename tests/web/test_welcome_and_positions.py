"""The page at the root, and how far a service has come."""
