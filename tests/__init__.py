"""Tests: per service, wire, journeys, properties, faults; the helpers stand in `support`."""
