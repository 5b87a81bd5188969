"""Letting operators in: local accounts, sessions, an OpenID provider, and certificates."""
