"""What is brought to an installation: networks, policies, containers, observability."""
