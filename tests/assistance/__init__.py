"""Tests of `assistance`."""
