"""The case: consent and disclosure in one stream, so that a withdrawal and a disclosure at the
same moment cannot both win."""
