"""Chosen items of OWASP ASVS 5.0.0, each with the tests that would fail if it were not met."""
