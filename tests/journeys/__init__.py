"""Whole journeys through everything that is installed."""
