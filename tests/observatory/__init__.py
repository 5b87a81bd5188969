"""Tests of `observatory`."""
