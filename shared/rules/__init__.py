"""Rules that three services have in common, said once. Each service's own rules are its own."""
