"""Tokens at the door."""
