"""ETags and repeated requests."""
